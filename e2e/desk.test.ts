/** Two people take conversations over in mid-answer, in random orders, on two gateways, of which a third one is killed meanwhile. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDeskDeployment, type DeskDeployment } from './support/desk-deployment.ts';
import { playInterleaving, randomOf, type DeskFaults } from './support/desk-interleaving.ts';
import { scaled } from './support/scale.ts';

const ORDERS = scaled({ sample: 20, full: 200 });
/** One order in so many has a kill: the take-over then waits until the recovery has closed the answer, some 10 s. */
const KILL_EACH = 10;

let deployment: DeskDeployment;
beforeAll(async () => {
  deployment = await openDeskDeployment();
});
afterAll(() => deployment.close());

describe('a take-over in mid-answer, with three viewers and two people at once', () => {
  it(
    `in ${ORDERS} random orders, some with kill -9: no delta after it, one owner, no message lost`,
    { timeout: 30_000 * ORDERS },
    async () => {
      const faults: DeskFaults = { deltasAfterTakeOver: 0, doubleOwners: 0, lostMessages: 0 };
      let kills = 0;
      for (let seed = 1; seed <= ORDERS; seed += 1) {
        const kill = seed % KILL_EACH === 0 ? 'gateway-of-the-run' : 'none';
        if (kill !== 'none') kills += 1;
        await playInterleaving({ deployment, random: randomOf(seed), kill, faults });
      }
      console.log(
        `desk: ${ORDERS} orders, ${kills} with kill -9; deltas shown after the take-over ${faults.deltasAfterTakeOver}, ` +
          `double owners ${faults.doubleOwners}, lost messages ${faults.lostMessages}`,
      );
      expect(faults).toEqual({ deltasAfterTakeOver: 0, doubleOwners: 0, lostMessages: 0 });
    },
  );
});
