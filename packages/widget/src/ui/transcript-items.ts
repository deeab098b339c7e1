/** Pure: what of a snapshot stands in the transcript, in which order, in groups that keep their reference while nothing in them changes. */
import type { Message, MessageId } from '@rivulet/protocol';
import type { ChatSnapshot, PendingMessage } from '../client/chat.ts';

/** A message as it is shown; `pending` while the gateway has not accepted it. */
export interface TranscriptItem {
  readonly message: Message;
  readonly pending?: PendingMessage;
}

export type TranscriptGroup = readonly TranscriptItem[];

/** Measured: in contained groups of 50, one more delta in 5,000 messages costs what it costs in an empty transcript. */
export const GROUP_SIZE = 50;

const items = new WeakMap<Message | PendingMessage, TranscriptItem>();

function itemOf(source: Message | PendingMessage): TranscriptItem {
  let item = items.get(source);
  if (item === undefined) {
    item = 'role' in source ? { message: source } : { message: asMessage(source), pending: source };
    items.set(source, item);
  }
  return item;
}

const asMessage = ({ messageId, parts, createdAtMs }: PendingMessage): Message => ({
  id: messageId,
  role: 'user',
  parentId: null,
  parts: [...parts],
  createdAtMs,
});

/** All that is shown, oldest first: of siblings the newest, then what waits to be sent. */
export function itemsOf({ conversation, pending }: ChatSnapshot): TranscriptItem[] {
  const shown = newestSiblings(conversation.messages).map(itemOf);
  if (pending.length === 0) return shown;
  const accepted = new Set(conversation.messages.map(({ id }) => id));
  return [...shown, ...pending.filter(({ messageId }) => !accepted.has(messageId)).map(itemOf)];
}

/** Leaves out each message that was answered or written anew, and what followed it. */
export function newestSiblings(messages: readonly Message[]): readonly Message[] {
  const newest = new Map<string, MessageId>();
  const place = ({ parentId, role }: Message): string => `${parentId ?? ''} ${role}`;
  for (const message of messages) newest.set(place(message), message.id);
  if (newest.size === messages.length) return messages;
  const hidden = new Set<MessageId | null>();
  return messages.filter((message) => {
    const isShown = newest.get(place(message)) === message.id && !hidden.has(message.parentId);
    if (!isShown) hidden.add(message.id);
    return isShown;
  });
}

/** Cuts into groups; one that has the same items as at the same place before is the same array. */
export function groupItems(
  shown: readonly TranscriptItem[],
  before: readonly TranscriptGroup[],
): TranscriptGroup[] {
  const groups: TranscriptGroup[] = [];
  for (let start = 0; start < shown.length; start += GROUP_SIZE) {
    const group = shown.slice(start, start + GROUP_SIZE);
    const previous = before[groups.length];
    groups.push(previous !== undefined && isSame(previous, group) ? previous : group);
  }
  return groups;
}

const isSame = (one: TranscriptGroup, other: TranscriptGroup): boolean =>
  one.length === other.length && one.every((item, index) => item === other[index]);

/** Whether an answer was asked for and has not begun: the dots stand alone. */
export function isAwaitingAnswer({ isAnswering, conversation }: ChatSnapshot): boolean {
  return isAnswering && !conversation.messages.some(({ run }) => run?.state === 'running');
}
