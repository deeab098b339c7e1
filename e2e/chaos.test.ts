import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startUpstream, type Upstream } from '../packages/gateway/src/testing/upstream.ts';
import { FAULTS, History, type Outcome, type Place } from './support/history.ts';
import { createDataFolder, startGateway, type GatewayProcess } from './support/processes.ts';
import { scaled } from './support/scale.ts';

const HISTORIES = scaled({ sample: 40, full: 500 });
const LANES = 2;
/** Histories of one lane that run at once, so that a kill hits several. */
const AT_ONCE = 4;
/** A history takes a few seconds; one that takes this long hangs. */
const HUNG_MS = 40_000;
/** `RIVULET_SEED=7` replays the history 7 alone. */
const seedAlone = process.env.RIVULET_SEED;
const seeds =
  seedAlone === undefined ? Array.from({ length: HISTORIES }, (_, index) => index + 1) : [Number(seedAlone)];

let upstream: Upstream;
beforeAll(async () => {
  upstream = await startUpstream();
});
afterAll(() => upstream.close());

/** A gateway that histories share and kill. */
async function openLane(): Promise<Place & { close(): Promise<void> }> {
  const data = createDataFolder();
  const environment = { OPENAI_API_KEY: 'key', OPENAI_BASE_URL: upstream.url, RIVULET_DATA: data.path };
  let gateway: GatewayProcess = await startGateway(environment);
  const { port } = gateway;
  let restarting: Promise<void> | undefined;
  const restart = async () => {
    await gateway.end('SIGKILL');
    gateway = await startGateway({ ...environment, PORT: `${port}` });
    restarting = undefined;
  };
  return {
    port,
    killAndRestart: () => (restarting ??= restart()),
    ready: () => restarting ?? Promise.resolve(),
    release: () => {
      upstream.release();
      return Promise.resolve();
    },
    async close() {
      await gateway.end('SIGKILL');
      data.remove();
    },
  };
}

async function play(seed: number, place: Place): Promise<Outcome> {
  const history = new History(seed, place);
  const hung = AbortSignal.timeout(HUNG_MS);
  return Promise.race([
    history.run(),
    new Promise<never>((_, reject) => {
      hung.addEventListener('abort', () => {
        reject(
          new Error(
            `history ${seed} hangs: RIVULET_SEED=${seed} replays it; it waits for ${history.waitingFor}`,
          ),
        );
      });
    }),
  ]).catch((error: unknown) => {
    throw new Error(`RIVULET_SEED=${seed} replays it`, { cause: error });
  });
}

describe('whatever happens to tab, network and gateway', () => {
  it(`${seeds.length} random histories: every tab ends with what the store has; nothing is lost, doubled or cut`, async () => {
    const waiting = [...seeds];
    const outcomes: { seed: number; outcome: Outcome }[] = [];
    const runLane = async () => {
      const lane = await openLane();
      const runNext = async () => {
        for (let seed = waiting.shift(); seed !== undefined; seed = waiting.shift()) {
          outcomes.push({ seed, outcome: await play(seed, lane) });
        }
      };
      try {
        await Promise.all(Array.from({ length: AT_ONCE }, runNext));
      } finally {
        await lane.close();
      }
    };
    await Promise.all(Array.from({ length: LANES }, runLane));

    const all = outcomes.map(({ outcome }) => outcome);
    const count = (name: 'lost' | 'doubled' | 'endedTwice' | 'unfinished') =>
      all.reduce((sum, outcome) => sum + outcome[name].length, 0);
    const faults = FAULTS.map(
      (fault) => `${fault} ${all.flatMap((outcome) => outcome.faults).filter((one) => one === fault).length}`,
    );
    const tabs = all.reduce((sum, { transports }) => sum + transports.length, 0);
    console.log(
      `${all.length} histories, ${tabs} tabs on 3 transports, faults: ${faults.join(', ')}; lost ${count('lost')}, doubled ${count('doubled')}, ended twice ${count('endedTwice')}, unfinished ${count('unfinished')}, every tab as the store`,
    );
    const bad = outcomes.filter(({ outcome: { lost, doubled, endedTwice, unfinished } }) =>
      [lost, doubled, endedTwice, unfinished].some((list) => list.length > 0),
    );
    expect(bad.map(({ seed, outcome }) => ({ replay: `RIVULET_SEED=${seed}`, ...outcome }))).toEqual([]);
  });
});
