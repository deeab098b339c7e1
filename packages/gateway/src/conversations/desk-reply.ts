/** The replies of people at the desk: stored with the record of the desk, then logged. */
import {
  ChatError,
  isBlank,
  textOf,
  type ConversationId,
  type Message,
  type MessageId,
  type Participant,
  type UserPart,
} from '@rivulet/protocol';
import type { Limits } from '../base/index.ts';
import { NO_DESK } from '../stores/desk-store.ts';
import { announceOwner, type AnnounceOptions } from './announce-owner.ts';
import { storedMessage } from './desk-message.ts';
import { checkHas } from './desk-record.ts';
import type { Uploads } from './uploads.ts';

/** What a person writes. */
export interface DeskReply {
  /** It is also the idempotency key: the same reply again changes nothing. */
  messageId: MessageId;
  /** The files are those of the conversation's visitor, whoever has uploaded them. */
  parts: readonly UserPart[];
}

/** What replying needs. */
export interface DeskReplyOptions extends AnnounceOptions {
  uploads: Pick<Uploads, 'claim'>;
  limits: AnnounceOptions['limits'] & Pick<Limits, 'maxMessageChars'>;
}

/** A reply, to what, and whose it is. */
export interface ReplyInput {
  id: ConversationId;
  person: Participant;
  reply: DeskReply;
}

/**
 * Store first, log second. The entry of the take-over comes before the reply, also after a crash of the gateway that made it.
 * @throws {ChatError} as `Desk.reply`
 */
export async function addReply(options: DeskReplyOptions, input: ReplyInput): Promise<Message> {
  const { id, person, reply } = input;
  const { messageId } = reply;
  const { store, eventLog, mutex, clock } = options;
  checkParts(options, reply.parts);
  await announceOwner(options, id);
  const parts = await claimFiles(options, input);
  return mutex.run(id, async () => {
    for (;;) {
      const standing = await store.readStanding(id, messageId);
      if (standing === undefined) throw new ChatError('not-found');
      const { waitingSinceMs: _answered, ...desk } = standing.record.desk ?? NO_DESK;
      const stored = storedMessage(standing.named?.message, { role: 'agent', parts });
      if (stored !== undefined) return stored;
      checkHas(desk, person);
      const nowMs = clock.now();
      const { newestId } = standing;
      const value: Message = {
        ...{ id: messageId, role: 'agent', parentId: newestId, parts, createdAtMs: nowMs },
        author: person,
      };
      const { firstResponseMs = 0, requestedMs = 0 } = desk;
      const isFirst = firstResponseMs === 0 || firstResponseMs < requestedMs;
      const next = {
        ...{ ...desk, revision: desk.revision + 1 },
        firstResponseMs: isFirst ? nowMs : firstResponseMs,
      };
      const change = { conversationId: id, next, message: { value, newestId }, nowMs };
      if ((await store.desk.change(change)) === 'moved') continue;
      await eventLog.append(id, [{ type: 'message-added', message: value }]);
      return value;
    }
  });
}

function checkParts({ limits }: DeskReplyOptions, parts: readonly UserPart[]): void {
  if (isBlank(parts)) throw new ChatError('bad-frame', { message: 'parts: must not be blank.' });
  if (textOf({ parts: [...parts] }).length > limits.maxMessageChars)
    throw new ChatError('too-large', {
      message: `The message is longer than ${limits.maxMessageChars} characters; shorten it.`,
    });
}

/** The files belong to the visitor, who may read them and with whose conversation they are erased. */
async function claimFiles(
  { store, uploads }: DeskReplyOptions,
  { id, person, reply: { messageId, parts } }: ReplyInput,
): Promise<UserPart[]> {
  if (parts.every(({ type }) => type !== 'file')) return [...parts];
  const { record, named } = (await store.readStanding(id, messageId)) ?? {};
  if (record === undefined) throw new ChatError('not-found');
  // The same reply again is answered also when the conversation was given back meanwhile.
  if (named === undefined) checkHas(record.desk ?? NO_DESK, person);
  return uploads.claim(visitorOf(record), id, parts);
}

/** The visitor of a conversation, as what is done in their place is authorized. */
export const visitorOf = ({ ownerId, siteId }: { ownerId: string; siteId: string }) => ({
  ...{ id: ownerId, siteId },
  kind: 'user' as const,
});
