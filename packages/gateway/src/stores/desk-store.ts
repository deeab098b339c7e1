/** The part of a store that keeps who answers a conversation, and in which state it is for the people who do. */
import {
  ConversationOwnerSchema,
  type ConversationId,
  type ConversationOwner,
  type Message,
  type MessageId,
} from '@rivulet/protocol';
import * as v from 'valibot';
import { CONSOLE_SCAN } from './console-store.ts';

/** The states of a conversation for the people at the desk. They say nothing about who answers it. */
export const DESK_STATUSES = ['open', 'snoozed', 'closed'] as const;

/** What the desk knows of a conversation. Times are in milliseconds since 1970. */
export const DeskRecordSchema = v.object({
  /** Higher by one with each change of the record: the next change names it. */
  revision: v.number(),
  owner: ConversationOwnerSchema,
  status: v.picklist(DESK_STATUSES),
  /** Until when it is snoozed; absent: until the visitor writes. */
  snoozedUntilMs: v.optional(v.number()),
  /** Since when the visitor waits for a person; absent: nobody waits. */
  waitingSinceMs: v.optional(v.number()),
  /** When a person was asked for. */
  requestedMs: v.optional(v.number()),
  /** When a person has answered for the first time since they were asked for. */
  firstResponseMs: v.optional(v.number()),
  /** When the visitor last wrote to the team. */
  visitorMs: v.optional(v.number()),
  /** When each person has last looked at it, by their ids. */
  seenMs: v.optional(v.record(v.string(), v.number())),
  /** Where the visitor wants to be answered. */
  contact: v.optional(v.object({ name: v.optional(v.string()), email: v.string(), consentAtMs: v.number() })),
});
/** What the desk knows of a conversation. */
export type DeskRecord = v.InferOutput<typeof DeskRecordSchema>;

/** The record of a conversation that the desk has never had to do with. */
export const NO_DESK: DeskRecord = {
  revision: 0,
  owner: { kind: 'ai', number: 0, sinceMs: 0 },
  status: 'open',
};

/** A change that is made only when nobody else has changed the conversation meanwhile. */
export interface DeskChange {
  conversationId: ConversationId;
  /** The record after it. Its `revision` is that of the record before, plus one. */
  next: DeskRecord;
  /** A message that is added with it: of a visitor who writes to a person, or of that person. */
  message?: {
    value: Message;
    /** The newest message of the conversation before it; null: there is none. */
    newestId: MessageId | null;
  };
  /** Milliseconds since 1970. */
  nowMs: number;
}

/** Which conversations to list. */
export interface DeskQuery {
  siteId: string;
  /** `unassigned`: those in the queue. `person`: those of this person. `all`: both, of every person. */
  of: 'unassigned' | 'all' | { personId: string };
  status: DeskRecord['status'];
  /** At most this many. */
  limit: number;
  /** Only those after this place: the last one of the page before. */
  after?: DeskPlace;
}

/** What a search has found. */
export interface DeskPage {
  conversations: DeskConversation[];
  /** Where it goes on, although a page may have found nothing; absent: all were looked at. */
  next?: DeskPlace;
}

/** A place in the list: those whose visitor has waited longest come first, then those where nobody waits. */
export interface DeskPlace {
  /** Absent: nobody waits. */
  waitingSinceMs?: number | undefined;
  conversationId: ConversationId;
}

/** A conversation as the desk lists it: its record. */
export interface DeskConversation {
  id: ConversationId;
  siteId: string;
  ownerId: string;
  title: string | null;
  createdAtMs: number;
  updatedAtMs: number;
  desk?: DeskRecord;
}

/** Who answers which conversation. An erased conversation has no record any more. */
export interface DeskStore {
  /**
   * Changes the record of a conversation and adds a message, in one transaction. While the owner is not the model, `Store.accept` refuses
   * every run as `owned`, so that no run is accepted after the change.
   * @returns `moved`, and nothing is changed, when the record has another revision, the newest message is another one, the id of the
   *   message is taken, or the conversation does not exist
   */
  change(change: DeskChange): Promise<'changed' | 'moved'>;
  /** The conversations that a person answers, or should, in the order of `DeskPlace`. */
  list(query: DeskQuery): Promise<DeskConversation[]>;
  /**
   * Those with a text in the title or in a message, ignoring case, in the same order. It looks at 300 conversations for each page, or at
   * `limit` when that is more.
   */
  search(query: DeskQuery & { text: string }): Promise<DeskPage>;
}

/** How many conversations one search looks at. @see CONSOLE_SCAN */
export const deskScanOf = ({ limit }: Pick<DeskQuery, 'limit'>): number => Math.max(CONSOLE_SCAN, limit + 1);

/** A conversation that was looked at, and whether it has the text. */
export interface LookedAt {
  conversation: DeskConversation;
  isFound: boolean;
}

/** The page that what was looked at makes. */
export function deskPageOf(looked: readonly LookedAt[], query: DeskQuery): DeskPage {
  const found = looked.filter(({ isFound }) => isFound);
  const shown = found.slice(0, query.limit);
  const end =
    found.length > query.limit
      ? shown.at(-1)
      : looked.length === deskScanOf(query)
        ? looked.at(-1)
        : undefined;
  const conversations = shown.map(({ conversation }) => conversation);
  return end === undefined ? { conversations } : { conversations, next: placeOf(end.conversation) };
}

/** The place of a conversation in the list. */
export const placeOf = ({ id: conversationId, desk = NO_DESK }: DeskConversation): DeskPlace => ({
  conversationId,
  ...(desk.waitingSinceMs === undefined ? {} : { waitingSinceMs: desk.waitingSinceMs }),
});

/** What a record sorts by: nobody waits sorts last. */
export const waitingOf = ({ waitingSinceMs }: Pick<DeskPlace, 'waitingSinceMs'>): number =>
  waitingSinceMs ?? Number.MAX_SAFE_INTEGER;

/** The columns of a record, beside its JSON: owner, person, status, and since when the visitor waits. */
export function toDeskColumns(next: DeskRecord): [string, string | null, string, number] {
  return [next.owner.kind, next.owner.person?.id ?? null, next.status, waitingOf(next)];
}

/** The parameters of the statements that list: owner kind or null, person or null, and the place to begin after. */
export function toDeskFilter({ of, after }: DeskQuery): {
  kind: ConversationOwner['kind'] | null;
  personId: string | null;
  place: [number, string];
} {
  return {
    kind: of === 'unassigned' ? 'queue' : null,
    personId: typeof of === 'string' ? null : of.personId,
    place: after === undefined ? [-1, ''] : [waitingOf(after), after.conversationId],
  };
}
