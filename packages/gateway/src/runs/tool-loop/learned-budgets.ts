/** Remembers how long a context an upstream has taken after it called one too long, so that the next question is not refused again. */
import type { Clock } from '../../base/index.ts';
import type { RefusalScope } from './refused-files.ts';

/** The memory of one gateway. */
export interface LearnedBudgets {
  /** The budget of a conversation in estimated tokens; undefined when its upstream has refused none. */
  of(scope: RefusalScope): number | undefined;
  /** Remembers, for an hour, a context that was accepted in place of one that was refused. */
  remember(scope: RefusalScope, sizes: { refusedTokens: number; acceptedTokens: number }): void;
}

/** An operator may have changed the model behind its name. Asking again costs one refused request. */
const REMEMBERED_MS = 60 * 60_000;
/** A forgotten budget costs one refused request as well. */
const MAX_REMEMBERED = 10_000;

/** Creates an empty memory. */
export function createLearnedBudgets({ clock }: { clock: Clock }): LearnedBudgets {
  const learned = new Map<string, { tokens: number; untilMs: number }>();
  const keyOf = ({ conversationId, siteId, model = '' }: RefusalScope) =>
    JSON.stringify([conversationId, siteId, model]);
  return {
    of(scope) {
      const { tokens, untilMs } = learned.get(keyOf(scope)) ?? { tokens: 0, untilMs: 0 };
      return untilMs > clock.now() ? tokens : undefined;
    },
    remember(scope, { refusedTokens, acceptedTokens }) {
      const key = keyOf(scope);
      learned.delete(key);
      // What was accepted may be one short question; half of what was refused is what a repetition has room for.
      const tokens = Math.max(acceptedTokens, Math.floor(refusedTokens / 2));
      learned.set(key, { tokens, untilMs: clock.now() + REMEMBERED_MS });
      const [oldest] = learned.keys();
      if (learned.size > MAX_REMEMBERED && oldest !== undefined) learned.delete(oldest);
    },
  };
}
