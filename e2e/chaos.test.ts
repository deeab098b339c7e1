/** Random histories with injected faults, described in support/history.ts. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startUpstream, type Upstream } from '../packages/gateway/src/testing/upstream/upstream.ts';
import { openDistributedDeployment } from './support/distributed-deployment.ts';
import { DISTRIBUTED_FAULTS } from './support/distributed-faults.ts';
import { openEmbeddedDeployment } from './support/deployment.ts';
import { failedHistories, faultCounts, orphanTimes, summarizeResults } from './support/history-results.ts';
import { runHistories } from './support/run-histories.ts';
import { quantile, scaled } from './support/scale.ts';

/** `RIVULET_SEED=7` replays only history 7, on both deployments; with `-t Redis` only on the second. */
const onlySeed = process.env.RIVULET_SEED;
const seedsUpTo = (count: number) =>
  onlySeed === undefined ? Array.from({ length: count }, (_, index) => index + 1) : [Number(onlySeed)];

const EMBEDDED = seedsUpTo(scaled({ sample: 30, full: 500 }));
const DISTRIBUTED = seedsUpTo(scaled({ sample: 24, full: 500 }));
/** Within this time 99 % of the replies whose gateway was lost are closed. */
const CLOSED_MS = 15_000;

let upstream: Upstream;
beforeAll(async () => {
  upstream = await startUpstream();
});
afterAll(() => upstream.close());

describe('after any faults of tabs, network and gateways every tab equals the store, and no message is lost, duplicated or truncated', () => {
  it(`${EMBEDDED.length} random histories on one gateway with SQLite and the memory log`, async () => {
    const open = () => openEmbeddedDeployment(upstream);
    const results = await runHistories({
      seeds: EMBEDDED,
      open,
      lanes: 2,
      concurrency: 4,
      hangTimeoutMs: 40_000,
    });
    console.log(`one gateway: ${summarizeResults(results)}`);
    expect(failedHistories(results)).toEqual([]);
  });

  it(
    `${DISTRIBUTED.length} random histories on three gateways with Postgres and Redis`,
    { timeout: 2_400_000 },
    async () => {
      const open = (seed: number) => openDistributedDeployment(upstream, seed);
      const lanes = {
        lanes: scaled({ sample: 2, full: 3 }),
        concurrency: scaled({ sample: 12, full: 20 }),
        hangTimeoutMs: 400_000,
      };
      const results = await runHistories({ seeds: DISTRIBUTED, open, ...lanes });
      console.log(`three gateways: ${summarizeResults(results)}`);
      expect(failedHistories(results)).toEqual([]);
      if (onlySeed !== undefined) return;
      expect(Object.keys(faultCounts(results))).toEqual(expect.arrayContaining([...DISTRIBUTED_FAULTS]));
      expect(quantile(orphanTimes(results), 0.99)).toBeLessThan(CLOSED_MS);
    },
  );
});
