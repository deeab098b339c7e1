/** Runs a measurement on a new process of a target: what earlier scenarios have allocated there would falsify its memory. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Target } from './targets/target.ts';

/**
 * Starts a process, lets it answer once, so that its code is loaded, and ends it after the measurement. More answers would leave
 * free memory behind, which the measured objects would use before the process grows.
 */
export async function onFreshTarget<Value>(
  target: Target,
  measure: (fresh: Target) => Promise<Value>,
): Promise<Value> {
  const fresh = await target.startAnother();
  try {
    const visitor = await fresh.connect();
    await visitor.ask({ deltas: 10, perSecond: 0 }, () => undefined);
    visitor.close();
    await delay(1_000);
    return await measure(fresh);
  } finally {
    await fresh.close();
  }
}
