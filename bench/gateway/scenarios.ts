/** The scenarios of the benchmark. Each requests answers from one target and returns figures by name. */
import { setTimeout as delay } from 'node:timers/promises';
import { startCpuTime } from './cpu-time.ts';
import { DeltaMeter, NO_FAULTS, percentile, sumFaults, type Faults } from './measure.ts';
import { nowNs, type AnswerPlan } from './stamp.ts';
import { openAll, type Target, type Visitor } from './targets/target.ts';

const NS_PER_MS = 1e6;
/** The number of deltas per second of a fast model. */
export const PER_SECOND = 50;
/** An answer of 500 characters, as fast as the target reads it. */
export const SHORT_ANSWER: AnswerPlan = { deltas: 5, perSecond: 0, padding: 80 };
/** Answers begin within this time. Divided by 100 it is no multiple of the pace, so that the deltas of all answers do not fall together. */
export const START_MS = 2_130;

/** The figures of one scenario and one target. The name of a figure contains its unit. */
export interface Result {
  figures: Record<string, number>;
  faults: Readonly<Faults>;
}

/** Runs one measurement. @returns `null` when the target does not support it */
export type Scenario = (target: Target, scale: Scale) => Promise<Result | null>;

/** The size of the scenarios. */
export interface Scale {
  /** How long a steady state is measured. */
  steadyMs: number;
  /** The number of answers of `lone`. */
  loneAnswers: number;
  /** The number of deltas in each answer of `burst`. */
  burstDeltas: number;
}

/** One answer at a time, as on a site with few visitors. */
export const lone: Scenario = async (target, { loneAnswers }) => {
  const meter = new DeltaMeter();
  const firstMs: number[] = [];
  const visitor = await target.connect();
  for (let count = 0; count < loneAnswers; count += 1) {
    firstMs.push(await ask(visitor, meter, { deltas: 25, perSecond: PER_SECOND }));
  }
  visitor.close();
  return {
    figures: {
      'first delta p50 ms': percentile(firstMs, 0.5),
      'delta p50 ms': percentile(meter.latenciesMs, 0.5),
      'delta p99 ms': percentile(meter.latenciesMs, 0.99),
    },
    faults: meter.faults,
  };
};

/** 100 concurrent answers, started one after the other within two seconds, and measured while all of them are streaming. */
export const steady: Scenario = async (target, { steadyMs }) => {
  const streams = 100;
  const startMs = START_MS;
  const meter = new DeltaMeter();
  meter.isTiming = false;
  const visitors = await openAll(streams, () => target.connect());
  const deltas = Math.ceil(((startMs * 2 + steadyMs) / 1000) * PER_SECOND);
  const firstMs: number[] = [];
  const answers = visitors.map(async (visitor, index) => {
    await delay((index / streams) * startMs);
    firstMs.push(await ask(visitor, meter, { deltas, perSecond: PER_SECOND }));
  });
  await delay(startMs + 1_000);
  const endCpuTime = startCpuTime(target);
  const before = { atNs: nowNs(), count: meter.count };
  meter.isTiming = true;
  await delay(steadyMs);
  meter.isTiming = false;
  const count = meter.count - before.count;
  const cpuTime = endCpuTime('delta', count);
  const written = ((nowNs() - before.atNs) / 1e9) * PER_SECOND * streams;
  await Promise.all(answers);
  closeAll(visitors);
  return {
    figures: {
      'delta p50 ms': percentile(meter.latenciesMs, 0.5),
      'delta p99 ms': percentile(meter.latenciesMs, 0.99),
      'first delta p50 ms': percentile(firstMs, 0.5),
      'first delta p99 ms': percentile(firstMs, 0.99),
      'delivered while written %': (count / written) * 100,
      ...cpuTime,
    },
    faults: meter.faults,
  };
};

/** 100 answers that start within 0.3 s, as after a mailing. */
export const rush: Scenario = async (target) => {
  const streams = 100;
  const meter = new DeltaMeter();
  const visitors = await openAll(streams, () => target.connect());
  const endCpuTime = startCpuTime(target);
  const firstMs = await Promise.all(
    visitors.map(async (visitor, index) => {
      await delay((index / streams) * 300);
      return ask(visitor, meter, { deltas: 50, perSecond: PER_SECOND });
    }),
  );
  const cpuTime = endCpuTime('run', streams);
  closeAll(visitors);
  return {
    figures: {
      'first delta p50 ms': percentile(firstMs, 0.5),
      'first delta p99 ms': percentile(firstMs, 0.99),
      'delta p99 ms': percentile(meter.latenciesMs, 0.99),
      ...cpuTime,
    },
    faults: meter.faults,
  };
};

/** 20 concurrent answers, as fast as the target reads them. */
export const burst: Scenario = async (target, { burstDeltas }) => {
  const meter = new DeltaMeter();
  meter.isTiming = false;
  const visitors = await openAll(20, () => target.connect());
  const startedNs = nowNs();
  await Promise.all(visitors.map((visitor) => ask(visitor, meter, { deltas: burstDeltas, perSecond: 0 })));
  const seconds = (nowNs() - startedNs) / 1e9;
  closeAll(visitors);
  return { figures: { 'deltas a second': meter.count / seconds }, faults: meter.faults };
};

/** One answer for 100 viewers. */
export const fanOut: Scenario = async (target, { steadyMs }) => {
  if (target.gather === undefined) return null;
  const viewers = 100;
  const audience = await target.gather(viewers);
  const meter = new DeltaMeter();
  const deltas = Math.ceil((steadyMs / 1000) * PER_SECOND);
  const readers = Array.from({ length: viewers }, () => meter.reader(deltas));
  const endCpuTime = startCpuTime(target);
  await audience.ask({ deltas, perSecond: PER_SECOND }, (viewer, text) => readers[viewer]?.read(text));
  for (const reader of readers) reader.end();
  const cpuTime = endCpuTime('delivery', meter.count);
  audience.close();
  return {
    figures: {
      'delta p99 ms': percentile(meter.latenciesMs, 0.99),
      ...cpuTime,
    },
    faults: meter.faults,
  };
};

/** The memory for 300 concurrent answers. */
export const liveMemory: Scenario = async (target) => {
  const streams = 300;
  const meter = new DeltaMeter();
  const visitors = await openAll(streams, () => target.connect());
  await delay(1_000);
  const before = target.child.residentKb();
  const answers = visitors.map((visitor) => ask(visitor, meter, { deltas: 100, perSecond: 20 }));
  await delay(3_000);
  const during = target.child.residentKb();
  await Promise.all(answers);
  closeAll(visitors);
  return { figures: { 'kB a live stream': (during - before) / streams }, faults: meter.faults };
};

/** The largest number of concurrent answers with a p99 latency below 100 ms, found by increasing the number by a quarter. */
export const capacity: Scenario = async (target) => {
  let faults: Readonly<Faults> = NO_FAULTS;
  let most = 0;
  for (let streams = 50; streams <= 2_000; streams = Math.round(streams * 1.25)) {
    const meter = new DeltaMeter();
    meter.isTiming = false;
    const visitors = await openAll(streams, () => target.connect());
    const answers = visitors.map(async (visitor, index) => {
      await delay((index / streams) * START_MS);
      await ask(visitor, meter, { deltas: 5 * PER_SECOND, perSecond: PER_SECOND });
    });
    await delay(START_MS + 500);
    meter.isTiming = true;
    await delay(2_000);
    meter.isTiming = false;
    await Promise.all(answers);
    closeAll(visitors);
    faults = sumFaults([faults, meter.faults]);
    if (!(percentile(meter.latenciesMs, 0.99) < 100)) break;
    most = streams;
  }
  return { figures: { 'streams with p99 under 100 ms': most }, faults };
};

/** Requests an answer and measures it. @returns the time from the question to the first delta, in milliseconds */
export async function ask(visitor: Visitor, meter: DeltaMeter, plan: AnswerPlan): Promise<number> {
  const askedNs = nowNs();
  let firstMs = NaN;
  const reader = meter.reader(plan.deltas, (atNs) => {
    if (Number.isNaN(firstMs)) firstMs = (atNs - askedNs) / NS_PER_MS;
  });
  await visitor.ask(plan, reader.read);
  reader.end();
  return firstMs;
}

/** Closes the connections. */
export function closeAll(visitors: readonly { close(): void }[]): void {
  for (const visitor of visitors) visitor.close();
}
