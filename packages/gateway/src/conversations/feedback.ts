/** What a visitor thinks of an answer: kept with it, and shown to everybody who views it. */
import { ChatError, type CommandOf, type Feedback } from '@rivulet/protocol';
import type { Principal } from '../auth/auth.ts';
import { authorize } from './conversations.ts';
import type { EventLog } from '../event-logs/event-log.ts';
import type { Metrics } from '../base/metrics.ts';
import type { KeyedMutex } from '../base/keyed-mutex.ts';
import type { Store } from '../stores/store.ts';

export interface FeedbackOptions {
  store: Store;
  eventLog: EventLog;
  mutex: KeyedMutex;
  metrics: Metrics;
}

/** Keeps it, in place of an earlier one. @throws {ChatError} not-found: no such answer; busy: it is still being written */
export type GiveFeedback = (principal: Principal, command: CommandOf<'feedback'>) => Promise<void>;

export function createFeedback({ store, eventLog, mutex, metrics }: FeedbackOptions): GiveFeedback {
  return (principal, command) =>
    mutex.run(command.conversationId, async () => {
      const { conversationId, messageId } = command;
      const { updatedAtMs } = await authorize(store, principal, conversationId);
      const messages = await store.readMessages(conversationId);
      const answer = messages.find(({ id }) => id === messageId);
      if (answer === undefined || answer.role === 'user')
        throw new ChatError('not-found', { message: 'There is no such answer.' });
      // Its run writes it whole at its end, without what was put beside it.
      if (answer.run?.state === 'running')
        throw new ChatError('busy', {
          message: 'The answer is still being written; rate it when it is there.',
        });
      const feedback = feedbackOf(command);
      const { feedback: before, ...bare } = answer;
      // Sent again after a lost line: it is so already.
      if (isSame(before, feedback)) return;
      const rated = feedback === null ? bare : { ...bare, feedback };
      // The time of before: rating an old answer does not bring its conversation to the top of a list.
      await store.putMessages(conversationId, [rated], updatedAtMs);
      await eventLog.append(conversationId, [{ type: 'feedback', messageId, feedback }]);
      metrics.feedback.inc({ site: principal.siteId, value: command.value ?? 'none' });
    });
}

function feedbackOf({ value, comment }: CommandOf<'feedback'>): Feedback | null {
  if (value === null) return null;
  return comment === undefined || comment === '' ? { value } : { value, comment };
}

const isSame = (one: Feedback | undefined, other: Feedback | null): boolean =>
  one?.value === other?.value && one?.comment === other?.comment;
