/** One answer of 32 MB, as fast as the target reads it. The gateway ends it at the limit of its length, 1 MB by default. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Child } from './child.ts';
import { onFreshTarget } from './fresh-target.ts';
import { DeltaMeter } from './measure.ts';
import type { Scenario } from './scenarios.ts';
import type { AnswerPlan } from './stamp.ts';
import type { Target } from './targets/target.ts';

const KB_PER_MB = 1_024;
const DELTA_CHARS = 200;
/** The length of a stamp with its index and its time. */
const STAMP_CHARS = 20;
const PLAN: AnswerPlan = {
  deltas: (32 * KB_PER_MB * KB_PER_MB) / DELTA_CHARS,
  perSecond: 0,
  padding: DELTA_CHARS - STAMP_CHARS,
};

/** How much the memory grows while the viewer reads, and while it has stopped reading after the first delta. */
export const longAnswer: Scenario = async (target) => {
  const meter = new DeltaMeter();
  meter.isTiming = false;
  const figures = {
    'MB for a viewer that reads': await onFreshTarget(target, (fresh) => growthOfReader(fresh, meter)),
    'MB for a viewer that stopped': await onFreshTarget(target, growthOfStopped),
  };
  // A viewer that is too slow for the log of the gateway receives a snapshot, which repeats deltas.
  return { figures, faults: { ...meter.faults, doubled: 0, reordered: 0 } };
};

async function growthOfReader(target: Target, meter: DeltaMeter): Promise<number> {
  const visitor = await target.connect();
  const growthMb = startPeak(target.child);
  const reader = meter.reader(PLAN.deltas);
  await visitor.ask(PLAN, reader.read);
  reader.end(atLeastOf(target));
  await untilQuiet(target.child);
  visitor.close();
  return growthMb();
}

/** A stamp may be some characters longer than `STAMP_CHARS`. */
const atLeastOf = ({ maxAnswerChars = Infinity }: Target): number =>
  Math.min(PLAN.deltas, Math.floor((maxAnswerChars / DELTA_CHARS) * 0.95));

async function growthOfStopped(target: Target): Promise<number> {
  const visitor = await target.connect();
  const growthMb = startPeak(target.child);
  const answer = visitor.ask(PLAN, () => {
    visitor.pause();
  });
  answer.catch(() => undefined); // it has not ended when the connection is closed
  await untilQuiet(target.child);
  visitor.close();
  return growthMb();
}

/** @returns reads how far the memory has been above its present size at most, in MB */
function startPeak(child: Child): () => number {
  const beforeKb = child.residentKb();
  child.resetPeak();
  return () => (child.peakKb() - beforeKb) / KB_PER_MB;
}

/** Resolves when the process has used less than 5 % of a core for a second, or after a minute. */
async function untilQuiet(child: Child): Promise<void> {
  for (let second = 0; second < 60; second += 1) {
    const beforeUs = child.cpuUs();
    await delay(1_000);
    if (child.cpuUs() - beforeUs < 50_000) return;
  }
}
