/** Legal holds: an operator keeps a conversation from being erased, by its visitor and by retention. Every change is logged. */
import { ChatError, type ConversationId } from '@rivulet/protocol';
import * as v from 'valibot';
import type { Clock, Logger } from '../base/index.ts';
import type { Hold } from '../stores/retention.ts';
import type { Store } from '../stores/store.ts';

/** A page of holds. */
export interface HoldsPage {
  /** At most this many, 1 to 1,000. Default: 100. */
  limit?: number;
  /** Only those after this conversation: the last one of the page before. */
  after?: string;
}

/** The holds of all sites. */
export interface Holds {
  /**
   * Holds a conversation, or replaces the reason.
   * @throws {ChatError} `not-found`; `bad-frame` when the reason is not a text of 1 to 200 characters without controls
   */
  hold(id: ConversationId, reason: string): Promise<void>;
  /** Lifts a hold. The conversation may be erased from now on. @throws {ChatError} `not-found` when it is not held */
  lift(id: ConversationId): Promise<void>;
  /** The holds, in the order of the ids of their conversations. */
  list(page?: HoldsPage): Promise<Hold[]>;
}

/** What holds need. */
export interface HoldsOptions {
  store: Store;
  clock: Clock;
  logger: Logger;
}

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1_000;
/** It is shown in logs: one line, and no text of visitors. */
const ReasonSchema = v.pipe(v.string(), v.trim(), v.regex(/^[^\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]{1,200}$/u));

/** Creates the holds of one gateway. */
export function createHolds({ store: { retention }, clock, logger }: HoldsOptions): Holds {
  return {
    async hold(id, given) {
      const reason = v.safeParse(ReasonSchema, given);
      if (!reason.success)
        throw new ChatError('bad-frame', {
          message: 'hold: expected reason, a text of 1 to 200 characters in one line.',
        });
      const hold = { conversationId: id, sinceMs: clock.now(), reason: reason.output };
      if (!(await retention.hold(hold))) throw notFound();
      logger.info(
        { conversationId: id, reason: reason.output },
        'a conversation is held: it will not be erased',
      );
    },
    async lift(id) {
      if (!(await retention.liftHold(id))) throw notFound();
      logger.info({ conversationId: id }, 'the hold of a conversation was lifted: it may be erased');
    },
    list: ({ limit = DEFAULT_LIMIT, after } = {}) =>
      retention.listHolds(Math.min(Math.max(limit, 1), MAX_LIMIT), after),
  };
}

const notFound = () =>
  new ChatError('not-found', { message: 'There is no such conversation, or it is not held.' });
