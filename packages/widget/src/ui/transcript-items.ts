/** Pure: what of a snapshot stands in the transcript, in which order, in groups that keep their reference while nothing in them changes. */
import type { Message, MessageId, Part } from '@rivulet/protocol';
import type { ChatSnapshot, PendingMessage } from '../client/chat.ts';
import { branchOf, type BranchChoice } from './branch-of.ts';
import { dayOf } from './day-of.ts';

/** A message as it is shown; `pending` while the gateway has not accepted it. */
export interface TranscriptItem {
  readonly message: Message;
  readonly pending?: PendingMessage;
  /** All versions of the message, oldest first, where there are several. */
  readonly siblings: readonly MessageId[] | undefined;
  /** Of the visitor's calendar, counted from 1970. */
  readonly day: number;
  /** What stands before it, if anything, is of an earlier day. */
  readonly isNewDay: boolean;
}

export type TranscriptGroup = readonly TranscriptItem[];

/** Measured: in contained groups of 50, one more delta in 5,000 messages costs what it costs in an empty transcript. */
export const GROUP_SIZE = 50;

export interface ShownOptions {
  choice?: BranchChoice | undefined;
  /** A conversation that begins today begins without a date. */
  today: number;
}

const items = new WeakMap<Message | PendingMessage, TranscriptItem>();

const asMessage = ({ messageId, parts, createdAtMs }: PendingMessage): Message => ({
  id: messageId,
  role: 'user',
  parentId: null,
  parts: [...parts],
  createdAtMs,
});

/** All that is shown, oldest first: of siblings the chosen or the newest, then what waits to be sent. */
export function itemsOf(
  { conversation, pending }: ChatSnapshot,
  { choice, today }: ShownOptions,
): TranscriptItem[] {
  const { messages, siblings } = branchOf(conversation.messages, choice);
  let lastDay = today;
  const add = (source: Message | PendingMessage, versions?: readonly MessageId[]): TranscriptItem => {
    const before = items.get(source);
    const day = before?.day ?? dayOf(source.createdAtMs);
    const isNewDay = day !== lastDay;
    lastDay = day;
    if (before?.isNewDay === isNewDay && isSame(before.siblings, versions)) return before;
    const place = { siblings: versions, day, isNewDay };
    const item =
      'role' in source
        ? { message: source, ...place }
        : { message: before?.message ?? asMessage(source), pending: source, ...place };
    items.set(source, item);
    return item;
  };
  const shown = messages.map((message) => add(message, siblings.get(message.id)));
  if (pending.length === 0) return shown;
  const accepted = new Set(conversation.messages.map(({ id }) => id));
  return [...shown, ...pending.filter(({ messageId }) => !accepted.has(messageId)).map((one) => add(one))];
}

/** What an item keeps over all versions of its message, so that its element, and the focus in it, stay. */
export const keyOf = ({ siblings, message }: TranscriptItem): MessageId => siblings?.[0] ?? message.id;

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

function isSame(one: readonly unknown[] | undefined, other: readonly unknown[] | undefined): boolean {
  return (
    one === other ||
    (one?.length === other?.length && one?.every((item, index) => item === other?.[index]) === true)
  );
}

/** Whether an answer was asked for and has not begun: the dots stand alone. */
export function isAwaitingAnswer({ isAnswering, conversation }: ChatSnapshot): boolean {
  return isAnswering && !conversation.messages.some(({ run }) => run?.state === 'running');
}

/** Whether it takes more than a text to show it. */
export const isRich = ({ type }: Part): boolean => type !== 'text' && type !== 'unknown';

/** Whether there is anything to see: an empty text part has only just begun. */
export function hasContent({ message }: TranscriptItem): boolean {
  return message.parts.some((part) => (part.type === 'text' ? part.text !== '' : part.type !== 'unknown'));
}
