import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startUpstream, type Upstream } from '../packages/gateway/src/testing/upstream/upstream.ts';
import { openDistributed } from './support/distributed-place.ts';
import { openEmbedded } from './support/place.ts';
import { badOnes, describeResults, playHistories } from './support/play-histories.ts';
import { scaled } from './support/scale.ts';

/** `RIVULET_SEED=7` replays the history 7 alone, in both set-ups; with `-t Redis` in the second one only. */
const seedAlone = process.env.RIVULET_SEED;
const seedsUpTo = (count: number) =>
  seedAlone === undefined ? Array.from({ length: count }, (_, index) => index + 1) : [Number(seedAlone)];

const EMBEDDED = seedsUpTo(scaled({ sample: 40, full: 500 }));
const DISTRIBUTED = seedsUpTo(scaled({ sample: 16, full: 100 }));
/** At full scale the distributed histories take as many as fit. */
const BUDGET_MS = scaled({ sample: 40_000, full: 600_000 });

let upstream: Upstream;
beforeAll(async () => {
  upstream = await startUpstream();
});
afterAll(() => upstream.close());

describe('whatever happens to tab, network and gateway, every tab ends with what the store has; nothing is lost, doubled or cut', () => {
  it(`${EMBEDDED.length} random histories on one gateway with SQLite and the memory log`, async () => {
    const open = () => openEmbedded(upstream);
    const results = await playHistories({ seeds: EMBEDDED, open, lanes: 2, atOnce: 4, hungMs: 40_000 });
    console.log(`one gateway: ${describeResults(results)}`);
    expect(badOnes(results)).toEqual([]);
  });

  it(
    `${DISTRIBUTED.length} random histories on two gateways with Postgres and Redis`,
    { timeout: 900_000 },
    async () => {
      const open = () => openDistributed(upstream);
      const lanes = { lanes: 2, atOnce: 4, hungMs: 60_000, budgetMs: BUDGET_MS };
      const results = await playHistories({ seeds: DISTRIBUTED, open, ...lanes });
      console.log(`two gateways: ${describeResults(results)}`);
      expect(badOnes(results)).toEqual([]);
    },
  );
});
