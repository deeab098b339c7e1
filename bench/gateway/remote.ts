/** How much later a viewer gets the deltas who is connected to another gateway than the one that writes the answer. */
import { setTimeout as delay } from 'node:timers/promises';
import { DeltaMeter, percentile, sumFaults } from './measure.ts';
import { PER_SECOND, START_MS, type Result, type Scenario } from './scenarios.ts';
import { gatherAt } from './targets/rivulet-visitors.ts';
import { openAll, type Audience } from './targets/target.ts';

const NS_PER_MS = 1e6;
const STREAMS = 100;
const LOCAL = 0;
const REMOTE = 1;

/**
 * One answer, and 100 concurrent ones. Each is asked for and read at one gateway, and also read at another: in the second part one of the
 * 100, in the third all of them.
 */
export const remote: Scenario = async (target, { steadyMs, loneAnswers }) => {
  const node = await target.startNode?.();
  if (node === undefined) return null;
  const urls = [target.child.url, node.child.url];
  const loneMs = (loneAnswers * 25 * 1_000) / PER_SECOND;
  const lone = await measure('lone', await openAll(1, () => gatherAt(urls)), loneMs);
  const local = await openAll(STREAMS - 1, () => gatherAt(urls.slice(0, 1)));
  const one = await measure('one of 100', [await gatherAt(urls), ...local], steadyMs);
  const all = await measure('all of 100', await openAll(STREAMS, () => gatherAt(urls)), steadyMs);
  await node.close();
  const parts = [lone, one, all];
  return {
    figures: Object.assign({}, ...parts.map(({ figures }) => figures)) as Result['figures'],
    faults: sumFaults(parts.map(({ faults }) => faults)),
  };
};

/** Starts one answer after the other, and measures while all of them are streaming. @param measuredMs for how long */
async function measure(title: string, audiences: readonly Audience[], measuredMs: number): Promise<Result> {
  const startMs = audiences.length === 1 ? 0 : START_MS;
  const meters = [new DeltaMeter(), new DeltaMeter()] as const;
  const [local] = meters;
  const time = (isTiming: boolean) => {
    for (const meter of meters) meter.isTiming = isTiming;
  };
  time(false);
  const addedMs: number[] = [];
  const deltas = Math.ceil(((startMs * 2 + measuredMs) / 1_000) * PER_SECOND);
  const answers = audiences.map(async (audience, index) => {
    await delay((index / audiences.length) * startMs);
    await readEverywhere(audience, deltas, meters, addedMs);
  });
  await delay(startMs === 0 ? 0 : startMs + 1_000);
  time(true);
  await delay(measuredMs);
  time(false);
  await Promise.all(answers);
  for (const audience of audiences) audience.close();
  return {
    figures: {
      [`${title}: local delta p50 ms`]: percentile(local.latenciesMs, 0.5),
      [`${title}: local delta p99 ms`]: percentile(local.latenciesMs, 0.99),
      [`${title}: added p50 ms`]: percentile(addedMs, 0.5),
      [`${title}: added p99 ms`]: percentile(addedMs, 0.99),
    },
    faults: sumFaults(meters.map(({ faults }) => faults)),
  };
}

/** Reads one answer at each gateway where the audience is. `addedMs` gets the difference for each delta, when its later arrival is timed. */
async function readEverywhere(
  audience: Audience,
  deltas: number,
  meters: readonly [DeltaMeter, DeltaMeter],
  addedMs: number[],
): Promise<void> {
  const arrivedNs = [new Float64Array(deltas), new Float64Array(deltas)] as const;
  const readers = meters.slice(0, audience.viewers).map((meter, viewer) =>
    meter.reader(deltas, (atNs, index) => {
      const mine = arrivedNs[viewer === LOCAL ? LOCAL : REMOTE];
      const other = arrivedNs[viewer === LOCAL ? REMOTE : LOCAL];
      mine[index] = atNs;
      const otherNs = other[index] ?? 0;
      if (otherNs === 0 || !meter.isTiming) return;
      addedMs.push((viewer === REMOTE ? atNs - otherNs : otherNs - atNs) / NS_PER_MS);
    }),
  );
  await audience.ask({ deltas, perSecond: PER_SECOND }, (viewer, text) => readers[viewer]?.read(text));
  for (const reader of readers) reader.end();
}
