/**
 * The Postgres store on a server that syncs its disk at each commit: `npm run bench -- postgres` takes about a minute. Visitors accept
 * messages, end their answers and record the usage, alone and 100 at once. The yardstick is one INSERT and its commit by the bare
 * driver, in the same run: what the disk and the protocol cost. `--stores FILE` also measures another version of the store.
 */
import { parseArgs } from 'node:util';
import { createPostgresStore } from '../packages/gateway/src/stores/postgres.ts';
import type { Store } from '../packages/gateway/src/stores/store.ts';
import { startPostgres } from '../packages/gateway/src/testing/postgres-server.ts';
import { createPostgresYardstick } from '../packages/gateway/src/testing/postgres-yardstick.ts';
import {
  finished,
  sampleAcceptance,
  sampleOwner,
  withText,
} from '../packages/gateway/src/testing/samples.ts';
import { percentile } from './gateway/measure.ts';

const ROUNDS = 3;
const ROUND_MS = 3_000;
const CONCURRENT = [1, 100];
const DAY = 20_000;
const NO_LIMIT = { tokens: 1e15, costPico: 1e18 };
const RESERVATION = {
  ...{ day: DAY, amount: { tokens: 1_000, costPico: 1_000 } },
  limits: { visitor: NO_LIMIT, site: NO_LIMIT },
};
type Work = () => Promise<unknown>;

/** What one kind of work came to in a round: how many a second, and how long each took. */
interface Figures {
  perSecond: number;
  p50Ms: number;
  p99Ms: number;
}

async function measure(work: Work, concurrent: number): Promise<Figures> {
  const tookMs: number[] = [];
  const startMs = performance.now();
  const visitor = async () => {
    while (performance.now() - startMs < ROUND_MS) {
      const sinceMs = performance.now();
      await work();
      tookMs.push(performance.now() - sinceMs);
    }
  };
  await Promise.all(Array.from({ length: concurrent }, visitor));
  const perSecond = (1_000 * tookMs.length) / (performance.now() - startMs);
  return { perSecond, p50Ms: percentile(tookMs, 0.5), p99Ms: percentile(tookMs, 0.99) };
}

const acceptance = () => sampleAcceptance({ owner: sampleOwner(), reservation: RESERVATION });

/** The works on a store, by name. */
const worksOf = (name: string, store: Store): [string, Work][] => [
  [`${name}: accept`, () => store.accept(acceptance())],
  [
    `${name}: accept, end, settle, usage`,
    async () => {
      const { conversationId, owner, answer } = await accepted(store);
      const ended = { ...finished(withText(answer, 'An answer. '.repeat(100))), spent: RESERVATION.amount };
      await store.endRun(conversationId, ended, 2);
      const usage = { inputTokens: 1, outputTokens: 1 };
      const runId = answer.run?.id;
      if (runId === undefined) throw new Error('the sample has no run');
      await Promise.all([
        store.settleRun(conversationId, answer.id),
        store.recordUsage({ runId, conversationId, owner, usage, atMs: 3 }),
      ]);
    },
  ],
];

async function accepted(store: Store) {
  const message = acceptance();
  await store.accept(message);
  return message;
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { stores: { type: 'string' } } });
  const server = await startPostgres('socket', { fsync: 'on' });
  const { connectionString } = server;
  const stores = [createPostgresStore({ connectionString })];
  await stores[0]?.check();
  if (values.stores !== undefined) {
    await server.run('CREATE DATABASE other');
    const other = (await import(values.stores)) as { createPostgresStore: typeof createPostgresStore };
    stores.push(
      other.createPostgresStore({ connectionString: connectionString.replace('/postgres?', '/other?') }),
    );
  }
  const yardstick = await createPostgresYardstick(connectionString);
  const works: [string, Work][] = [
    ['yardstick: INSERT', () => yardstick.insert()],
    ...stores.flatMap((store, index) => worksOf(index === 0 ? 'store' : 'other store', store)),
  ];
  for (const concurrent of CONCURRENT) {
    const rounds = new Map(works.map(([name]) => [name, [] as Figures[]]));
    for (let round = 0; round < ROUNDS; round += 1)
      for (const [name, work] of works) rounds.get(name)?.push(await measure(work, concurrent));
    print(concurrent, rounds);
  }
  await Promise.all([yardstick.close(), ...stores.map((store) => store.close())]);
  await server.dispose();
}

function print(concurrent: number, rounds: ReadonlyMap<string, readonly Figures[]>): void {
  console.log(`\n${concurrent} at once (medians of ${ROUNDS} rounds)`);
  const median = (all: readonly Figures[], figure: keyof Figures) =>
    percentile(
      all.map((each) => each[figure]),
      0.5,
    );
  const [yardstick = []] = rounds.values();
  for (const [name, all] of rounds) {
    const [perSecond, p50Ms, p99Ms] = (['perSecond', 'p50Ms', 'p99Ms'] as const).map((each) =>
      median(all, each),
    );
    const ratio = (perSecond ?? 0) / median(yardstick, 'perSecond');
    console.log(
      `  ${name.padEnd(42)} ${perSecond?.toFixed(0).padStart(6)}/s (${ratio.toFixed(2)} of the yardstick), p50 ${p50Ms?.toFixed(2)} ms, p99 ${p99Ms?.toFixed(2)} ms`,
    );
  }
}

await main();
