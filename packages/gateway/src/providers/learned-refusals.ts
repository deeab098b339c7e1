/** What the models of one upstream have refused, remembered for an hour. */
import type { Clock } from '../base/index.ts';

/** The refusals of one upstream. */
export interface LearnedRefusals {
  has(model: string, what: string): boolean;
  add(model: string, what: string): void;
}

/** An operator may have changed the model behind its name. Asking again costs one refused request. */
const REMEMBERED_MS = 60 * 60_000;
/** Models are named in the configuration; a caller of the library may name any. */
const MAX_REMEMBERED = 1_000;

/** Creates the memory of one upstream. */
export function createLearnedRefusals(clock: Clock): LearnedRefusals {
  const untilMs = new Map<string, number>();
  const keyOf = (model: string, what: string) => `${what} ${model}`;
  return {
    has: (model, what) => (untilMs.get(keyOf(model, what)) ?? 0) > clock.now(),
    add(model, what) {
      const key = keyOf(model, what);
      untilMs.delete(key);
      untilMs.set(key, clock.now() + REMEMBERED_MS);
      const [oldest] = untilMs.keys();
      if (untilMs.size > MAX_REMEMBERED && oldest !== undefined) untilMs.delete(oldest);
    },
  };
}
