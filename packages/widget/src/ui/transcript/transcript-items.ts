/**
 * Pure: turns a snapshot into the groups of messages of the transcript. A group keeps its identity while nothing in it
 * changes.
 */
import type { Message, MessageId, Part } from '@rivulet/protocol';
import type { ChatSnapshot, PendingMessage } from '../../client/chat.ts';
import { branchOf, type BranchChoice } from './shown-branch.ts';
import { dayOf } from '../i18n/day-of.ts';

/** A message as it is rendered. */
export interface TranscriptItem {
  /** The message; for a pending one, a message of role `user` made from it. */
  readonly message: Message;
  /** Set while the gateway has not accepted the message. */
  readonly pending?: PendingMessage;
  /** Ids of all versions of the message, oldest first. Undefined if there is only one. */
  readonly siblings: readonly MessageId[] | undefined;
  /** Day in the time zone of the visitor, counted from 1970-01-01. */
  readonly day: number;
  /** Whether the item before it, if any, is of an earlier day. */
  readonly isNewDay: boolean;
}

/** Up to `GROUP_SIZE` consecutive items. */
export type TranscriptGroup = readonly TranscriptItem[];

/**
 * Items per group. Measured: with CSS containment on groups of 50, a delta in 5,000 messages costs what it costs in an
 * empty transcript.
 */
export const GROUP_SIZE = 50;

/** What the selection of messages depends on, besides the snapshot. */
export interface ShownOptions {
  /** Version that the visitor switched to. */
  choice?: BranchChoice | undefined;
  /** Day number of today. A conversation that begins today has no date above its first message. */
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

/** Result of `show`, together with the inputs that the next call compares with. */
export interface Shown {
  /** Messages of the snapshot it was built from. */
  readonly messages: readonly Message[];
  /** Day number it was built for. */
  readonly today: number;
  /** Whether some message has several versions. */
  readonly hasForks: boolean;
  /** Whether some message has a part that is no text. */
  readonly isRich: boolean;
  /** The groups, oldest first. */
  readonly groups: readonly TranscriptGroup[];
}

/** Result for an empty transcript. */
export const EMPTY_TRANSCRIPT: Shown = { messages: [], today: 0, hasForks: false, isRich: false, groups: [] };

/**
 * Selects and groups the messages to render, oldest first: of several versions the chosen or the newest, then the
 * pending messages. An unchanged group is taken over from `before`; without forks it is not even inspected, so a delta
 * costs one group however long the conversation is.
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
  // Usually empty, and always short.
  const isAccepted = ({ messageId }: PendingMessage) => messages.some(({ id }) => id === messageId);
  return pending.length === 0 ? shown : [...shown, ...pending.filter((one) => !isAccepted(one))];
}

/** Key for the element of an item. All versions of a message share it, so the element and the focus in it stay. */
export const keyOf = ({ siblings, message }: TranscriptItem): MessageId => siblings?.[0] ?? message.id;

const isSame = (one: readonly unknown[] | undefined, other: readonly unknown[] | undefined): boolean =>
  one === other ||
  (one?.length === other?.length && one?.every((item, index) => item === other?.[index]) === true);

/** Whether an answer is expected and none has begun, so the dots are shown on their own. */
export function isAwaitingAnswer({ isAnswering, conversation }: ChatSnapshot): boolean {
  // Searches from the end, where a running answer is.
  return isAnswering && conversation.messages.findLast(({ run }) => run?.state === 'running') === undefined;
}

/** Whether the part needs the renderers of rich parts. */
const isRichPart = ({ type }: Part): boolean => type !== 'text' && type !== 'unknown';

const hasRich = (group: TranscriptGroup): boolean =>
  group.some(
    ({ message: { parts, run }, pending }) =>
      (pending?.retryAtMs ?? run?.waiting) !== undefined || parts.some(isRichPart),
  );

/** Whether there is anything to show: an empty text part has only just begun. */
export function hasContent({ message }: TranscriptItem): boolean {
  return message.parts.some((part) => (part.type === 'text' ? part.text !== '' : part.type !== 'unknown'));
}
