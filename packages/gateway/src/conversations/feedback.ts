/** Feedback on an answer: stored with the message and published to all viewers of the conversation. */
import { ChatError, type CommandOf, type Feedback } from '@rivulet/protocol';
import { readOwnConversation, readOwnStanding } from '../access/owned-conversation.ts';
import type { Principal } from '../auth/auth.ts';
import type { EventLog } from '../event-logs/event-log.ts';
import type { KeyedMutex, Metrics } from '../base/index.ts';
import { completeTextOf } from '../stores/message-text.ts';
import type { Store } from '../stores/store.ts';
import type { WebhookEmitter } from '../webhooks/webhooks.ts';

/** What feedback needs. */
export interface FeedbackOptions {
  store: Store;
  eventLog: EventLog;
  /** Serialises the writes to a conversation's store and log, by conversation id. */
  mutex: KeyedMutex;
  metrics: Metrics;
  /** Who is told of ratings. Default: nobody. */
  webhooks?: WebhookEmitter;
}

/**
 * Stores the feedback of a command in place of earlier feedback; null removes it.
 * @throws {ChatError} not-found when there is no such answer; busy while the answer is still being written
 */
export type RecordFeedback = (principal: Principal, command: CommandOf<'feedback'>) => Promise<void>;

/** Creates the handler of the `feedback` command. */
export function createFeedback({
  store,
  eventLog,
  mutex,
  metrics,
  webhooks,
}: FeedbackOptions): RecordFeedback {
  return async (principal, command) => {
    const { conversationId, messageId } = command;
    const request = { principal, action: 'feedback', conversationId, messageId } as const;
    // Before the mutex: whoever may not see the conversation must not learn from the wait that it is being written.
    await readOwnConversation(store, request);
    await mutex.run(conversationId, async () => {
      const { record, named } = await readOwnStanding(store, request);
      const answer = named?.message;
      if (answer === undefined || answer.role === 'user')
        throw new ChatError('not-found', { message: 'There is no such answer.' });
      // The end of its run stores the complete message and would overwrite the feedback.
      if (answer.run?.state === 'running')
        throw new ChatError('busy', {
          message: 'The answer is still being written; send the feedback when it is finished.',
        });
      const feedback = feedbackOf(command);
      const { feedback: previous, ...unrated } = answer;
      // A command that is sent again after a reconnect changes nothing.
      if (isSame(previous, feedback)) return;
      const rated = feedback === null ? unrated : { ...unrated, feedback };
      // With the previous time: feedback on an old answer does not move its conversation to the top of a list.
      await store.putMessages(conversationId, [rated], record.updatedAtMs);
      await eventLog.append(conversationId, [{ type: 'feedback', messageId, feedback }]);
      await webhooks?.emit({
        ...{ type: 'conversation.rated', siteId: principal.siteId, conversationId, messageId },
        ...{ value: command.value, comment: feedback?.comment, text: completeTextOf(answer) },
      });
      metrics.feedback.inc({ site: principal.siteId, value: command.value ?? 'none' });
      metrics.figures.count(principal.siteId, `feedback:${command.value ?? 'none'}`);
    });
  };
}

function feedbackOf({ value, comment }: CommandOf<'feedback'>): Feedback | null {
  if (value === null) return null;
  return comment === undefined || comment === '' ? { value } : { value, comment };
}

const isSame = (one: Feedback | undefined, other: Feedback | null): boolean =>
  one?.value === other?.value && one?.comment === other?.comment;
