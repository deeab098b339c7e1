/** Random histories with injected faults, described in support/history.ts. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startUpstream, type Upstream } from '../packages/gateway/src/testing/upstream/upstream.ts';
import { openDistributedDeployment } from './support/distributed-deployment.ts';
import { openEmbeddedDeployment } from './support/deployment.ts';
import { failedHistories, summarizeResults, runHistories } from './support/run-histories.ts';
import { scaled } from './support/scale.ts';

/** `RIVULET_SEED=7` replays only history 7, on both deployments; with `-t Redis` only on the second. */
const onlySeed = process.env.RIVULET_SEED;
const seedsUpTo = (count: number) =>
  onlySeed === undefined ? Array.from({ length: count }, (_, index) => index + 1) : [Number(onlySeed)];

const EMBEDDED = seedsUpTo(scaled({ sample: 40, full: 500 }));
const DISTRIBUTED = seedsUpTo(scaled({ sample: 16, full: 100 }));
/** A history is not started after this time, so at full scale the number of distributed histories depends on the machine. */
const BUDGET_MS = scaled({ sample: 40_000, full: 600_000 });

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
    `${DISTRIBUTED.length} random histories on two gateways with Postgres and Redis`,
    { timeout: 900_000 },
    async () => {
      const open = () => openDistributedDeployment(upstream);
      const lanes = { lanes: 2, concurrency: 4, hangTimeoutMs: 60_000, budgetMs: BUDGET_MS };
      const results = await runHistories({ seeds: DISTRIBUTED, open, ...lanes });
      console.log(`two gateways: ${summarizeResults(results)}`);
      expect(failedHistories(results)).toEqual([]);
    },
  );
});
