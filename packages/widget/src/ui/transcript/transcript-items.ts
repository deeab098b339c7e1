/** Pure: what of a snapshot stands in the transcript, in which order, in groups that keep their reference while nothing in them changes. */
import type { Message, MessageId, Part } from '@rivulet/protocol';
import type { ChatSnapshot, PendingMessage } from '../../client/chat.ts';
import { branchOf, type BranchChoice } from './shown-branch.ts';
import { dayOf } from '../i18n/day-of.ts';

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

type Source = Message | PendingMessage;
const items = new WeakMap<Source, TranscriptItem>();

const asMessage = ({ messageId, parts, createdAtMs }: PendingMessage): Message => ({
  id: messageId,
  role: 'user',
  parentId: null,
  parts: [...parts],
  createdAtMs,
});

/** What stands in the transcript, and of what it was made. */
export interface Shown {
  readonly messages: readonly Message[];
  readonly today: number;
  readonly hasForks: boolean;
  /** Something is more than words. */
  readonly isRich: boolean;
  readonly groups: readonly TranscriptGroup[];
}

export const NOTHING_SHOWN: Shown = { messages: [], today: 0, hasForks: false, isRich: false, groups: [] };

/**
 * All that is shown, oldest first: of siblings the chosen or the newest, then what waits to be sent. A group in which nothing
 * changes is the one of `before`, and without forks not even looked into: a delta costs one group, however long the talk was.
 */
export function show(
  { conversation: { messages }, pending }: ChatSnapshot,
  { choice, today }: ShownOptions,
  before: Shown,
): Shown {
  let same = 0;
  if (!before.hasForks && before.today === today)
    while (same < messages.length && messages[same] === before.messages[same]) same += 1;
  const { messages: branch, siblings } = branchOf(messages, choice, same);
  const hasForks = branch !== messages;
  const groups = before.groups.slice(0, hasForks ? 0 : Math.floor(same / GROUP_SIZE));
  const keptCount = groups.length;
  let lastDay = groups.at(-1)?.at(-1)?.day ?? today;
  const itemOf = (source: Source): TranscriptItem => {
    const known = items.get(source);
    const day = known?.day ?? dayOf(source.createdAtMs);
    const isNewDay = day !== lastDay;
    lastDay = day;
    const versions = 'role' in source ? siblings.get(source.id) : undefined;
    if (known?.isNewDay === isNewDay && isSame(known.siblings, versions)) return known;
    const place = { siblings: versions, day, isNewDay };
    const item =
      'role' in source
        ? { message: source, ...place }
        : { message: known?.message ?? asMessage(source), pending: source, ...place };
    items.set(source, item);
    return item;
  };
  const sources = sourcesOf(branch, messages, pending);
  for (let start = keptCount * GROUP_SIZE; start < sources.length; start += GROUP_SIZE) {
    const group = sources.slice(start, start + GROUP_SIZE).map(itemOf);
    const previous = before.groups[groups.length];
    groups.push(previous !== undefined && isSame(previous, group) ? previous : group);
  }
  const isRich = (keptCount > 0 && before.isRich) || groups.slice(keptCount).some(hasRich);
  return { messages, today, hasForks, isRich, groups };
}

function sourcesOf(
  shown: readonly Message[],
  messages: readonly Message[],
  pending: readonly PendingMessage[],
): readonly Source[] {
  // Mostly nothing waits, and never much.
  const isAccepted = ({ messageId }: PendingMessage) => messages.some(({ id }) => id === messageId);
  return pending.length === 0 ? shown : [...shown, ...pending.filter((one) => !isAccepted(one))];
}

/** What an item keeps over all versions of its message, so that its element, and the focus in it, stay. */
export const keyOf = ({ siblings, message }: TranscriptItem): MessageId => siblings?.[0] ?? message.id;

const isSame = (one: readonly unknown[] | undefined, other: readonly unknown[] | undefined): boolean =>
  one === other ||
  (one?.length === other?.length && one?.every((item, index) => item === other?.[index]) === true);

/** Whether an answer was asked for and has not begun: the dots stand alone. */
export function isAwaitingAnswer({ isAnswering, conversation }: ChatSnapshot): boolean {
  // The last ones are looked at first.
  return isAnswering && conversation.messages.findLast(({ run }) => run?.state === 'running') === undefined;
}

/** Whether it takes more than a text to show it. */
const isRichPart = ({ type }: Part): boolean => type !== 'text' && type !== 'unknown';

const hasRich = (group: TranscriptGroup): boolean =>
  group.some(({ message }) => message.parts.some(isRichPart));

/** Whether there is anything to see: an empty text part has only just begun. */
export function hasContent({ message }: TranscriptItem): boolean {
  return message.parts.some((part) => (part.type === 'text' ? part.text !== '' : part.type !== 'unknown'));
}
