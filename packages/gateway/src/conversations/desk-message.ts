/** Messages of visitors while a person answers: they are stored and shown, and start no run. */
import { ChatError, type ConversationId, type Message, type Part } from '@rivulet/protocol';
import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../base/index.ts';
import type { EventLog } from '../event-logs/event-log.ts';
import { NO_DESK } from '../stores/desk-store.ts';
import type { ConversationRecord, Standing, Store } from '../stores/store.ts';

/** A message that was accepted and that no run answers. */
export interface StoredForPerson {
  conversationId: ConversationId;
  kind: 'stored';
}

/** What storing needs. */
export interface DeskMessageOptions {
  store: Store;
  eventLog: EventLog;
  clock: Clock;
}

/** Whether the model answers the conversation: nobody has taken it over, and it waits for nobody. */
export const isAnsweredByAi = ({ desk = NO_DESK }: Pick<ConversationRecord, 'desk'>): boolean =>
  desk.owner.kind === 'ai';

/** The error for a command that would start a run. */
export const ownedError = (): ChatError =>
  new ChatError('conflict', {
    message: 'A person answers this conversation, so that the model does not; send a message.',
  });

/**
 * Stores a message for the person who answers, opens the conversation for them, and logs it. The caller holds the mutex.
 * @returns `moved` when somebody has changed the conversation since the standing was read
 * @throws {ChatError} conflict when the id was used for another message
 */
export async function storeForPerson(
  { store, eventLog, clock }: DeskMessageOptions,
  { record, newestId }: Standing,
  message: Message,
): Promise<StoredForPerson | 'moved'> {
  const { id: conversationId, desk = NO_DESK } = record;
  if (await isStored({ store }, conversationId, message)) return { conversationId, kind: 'stored' };
  const { snoozedUntilMs: _before, ...kept } = desk;
  const nowMs = clock.now();
  const waitingSinceMs = desk.waitingSinceMs ?? nowMs;
  const next = {
    ...kept,
    revision: desk.revision + 1,
    status: 'open' as const,
    waitingSinceMs,
    visitorMs: nowMs,
  };
  const change = { conversationId, next, message: { value: message, newestId }, nowMs };
  if ((await store.desk.change(change)) === 'moved') return 'moved';
  const append = () => eventLog.append(conversationId, [{ type: 'message-added', message }]);
  // Scenario: 1. a take-over is announced, 2. this message is queued in its lease, 3. that lease is released before it was written.
  await append().catch((error: unknown) => {
    if (ChatError.from(error).code !== 'conflict') throw error;
    return append();
  });
  return { conversationId, kind: 'stored' };
}

/**
 * Whether the message is stored: its command was sent again.
 * @throws {ChatError} conflict when another message has its id
 */
export async function isStored(
  { store }: Pick<DeskMessageOptions, 'store'>,
  conversationId: ConversationId,
  message: Message,
): Promise<boolean> {
  const { named } = (await store.readStanding(conversationId, message.id)) ?? {};
  return storedMessage(named?.message, message) !== undefined;
}

/** The message with the id, when it is the same one. @throws {ChatError} conflict when it is another one */
export function storedMessage(
  found: Message | undefined,
  { role, parts }: { role: Message['role']; parts: readonly Part[] },
): Message | undefined {
  if (found === undefined) return undefined;
  if (found.role !== role || !isDeepStrictEqual(found.parts, [...parts])) throw new ChatError('conflict');
  return found;
}
