/** Replies of a gateway that is killed or stopped: another one, on the same Redis and Postgres, closes them in time and once. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ProtocolClient } from '../packages/gateway/src/testing/protocol-client.ts';
import { quantile, scaled } from './support/scale.ts';
import {
  closingTimes,
  endsIn,
  HALF,
  openTakeoverDeployment,
  reasonOf,
  type TakeoverDeployment,
} from './support/takeover-deployment.ts';

const KILLS = scaled({ sample: 1, full: 10 });
const REPLIES = 100;
/** From the kill to the end that a viewer on another gateway is shown. */
const MAX_ORPHANED_MS = 15_000;

let deployment: TakeoverDeployment;
beforeAll(async () => {
  deployment = await openTakeoverDeployment();
});
afterAll(() => deployment.close());

describe('the replies of a gateway that is gone', () => {
  it(
    `are closed once, with their text, within 15 s of its end (3, 7)`,
    { timeout: 120_000 * KILLS },
    async () => {
      const times: number[] = [];
      for (let kill = 0; kill < KILLS; kill += 1) {
        const victim = await deployment.startVictim();
        const orphans = await deployment.beginReplies(victim, REPLIES);
        await victim.end('SIGKILL');
        times.push(...(await closingTimes(orphans)));
        for (const orphan of orphans) {
          expect([reasonOf(orphan), orphan.viewer.text]).toEqual(['interrupted', HALF]);
          expect(endsIn(await deployment.logOf(orphan))).toBe(1);
          await orphan.viewer.cut();
        }
      }
      const [p50, p99, max] = [0.5, 0.99, 1].map((share) => (quantile(times, share) / 1000).toFixed(1));
      console.log(
        `${times.length} replies of killed gateways closed: p50 ${p50} s, p99 ${p99} s, max ${max} s`,
      );
      expect(quantile(times, 0.99)).toBeLessThan(MAX_ORPHANED_MS);
    },
  );

  it(
    'are not written any more when it was stopped (SIGSTOP) and goes on (3)',
    { timeout: 60_000 },
    async () => {
      const stopped = await deployment.startVictim();
      const orphans = await deployment.beginReplies(stopped, 20);
      stopped.child.kill('SIGSTOP');
      const times = await closingTimes(orphans);
      const logs = await Promise.all(orphans.map((each) => deployment.logOf(each)));
      // Its upstream goes on while it is stopped: the rest of each answer is there when it reads again.
      deployment.upstream.release();
      stopped.child.kill('SIGCONT');
      // It exits when its runs are over, so that everything it would write is written.
      expect(await stopped.end('SIGTERM')).toBe(0);
      expect(await Promise.all(orphans.map((each) => deployment.logOf(each)))).toEqual(logs);
      for (const { conversationId, token } of orphans) {
        const viewer = await ProtocolClient.connect(deployment.urlOf(0), {
          token,
          subscriptions: [{ conversationId }],
        });
        await viewer.until(() => viewer.text === HALF);
        expect(reasonOf({ viewer })).toBe('interrupted');
      }
      console.log(`replies of a stopped gateway closed: p99 ${(quantile(times, 0.99) / 1000).toFixed(1)} s`);
    },
  );
});
