/** What the gateway tells of the desk, and what its pages derive from it. Pure. Times are milliseconds since 1970. */
import type { ConversationOwner, Message, Participant } from '@rivulet/protocol';

/** The states of a conversation for the people at the desk. */
export const STATUSES = ['open', 'snoozed', 'closed'] as const;
/** One of `STATUSES`. */
export type Status = (typeof STATUSES)[number];
/** Whose conversations are listed. */
export const VIEWS = ['mine', 'unassigned', 'all'] as const;
/** One of `VIEWS`. */
export type View = (typeof VIEWS)[number];
/** What a person may choose to be; `auto`: it follows from what they do. */
export const AVAILABILITY_CHOICES = ['auto', 'online', 'away', 'offline'] as const;
/** One of `AVAILABILITY_CHOICES`. */
export type AvailabilityChoice = (typeof AVAILABILITY_CHOICES)[number];

/** What is listed: `search` is a text of the title or of a message; empty: any. */
export interface InboxPlace {
  view: View;
  status: Status;
  search: string;
}

/** What the desk knows of a conversation. */
export interface DeskFacts {
  owner: ConversationOwner;
  status: Status;
  /** Absent, when it is snoozed: until the visitor writes. */
  snoozedUntilMs?: number;
  /** Since when the visitor waits for a person; absent: nobody waits. */
  waitingSinceMs?: number;
  /** Until when somebody should have answered. */
  dueMs?: number;
  /** Whether the visitor has written since the user has looked. */
  isUnread: boolean;
  /** Where the visitor wants to be answered. */
  contact?: { name?: string; email: string; consentAtMs: number };
}
/** A conversation of the inbox. */
export interface Entry {
  id: string;
  siteId: string;
  title: string | null;
  createdAtMs: number;
  updatedAtMs: number;
  desk: DeskFacts;
}
/** A page of the inbox. `next` is where it goes on; null at the end. */
export interface InboxPage {
  conversations: readonly Entry[];
  next: string | null;
}
/** What the team alone reads. */
export interface Note {
  id: string;
  atMs: number;
  userName: string;
  text: string;
}
/** A conversation with what was written in it. */
export interface ReadConversation {
  conversation: Entry;
  messages: readonly Message[];
  notes: readonly Note[];
}
/** A person of the team. */
export interface TeamMember extends Participant {
  userName: string;
  availability: 'online' | 'away' | 'offline';
  choice: AvailabilityChoice;
}
/** A text that is answered with often. */
export interface CannedReply {
  title: string;
  text: string;
}
/** A site with a desk. */
export interface DeskSite {
  id: string;
  cannedReplies: readonly CannedReply[];
  /** `drafts`: whether the model may suggest replies. */
  settings: { drafts?: boolean };
  team: readonly TeamMember[];
}
/** The desk of a user: who they are to visitors, and their sites. */
export interface DeskOverview {
  me: Participant;
  sites: readonly DeskSite[];
}

/** Whether the person has the conversation. */
export const isMine = ({ desk: { owner } }: Entry, personId: string | undefined): boolean =>
  owner.kind === 'person' && owner.person?.id === personId;

/** Whether it belongs to a view. */
export function isInView(entry: Entry, view: View, personId: string | undefined): boolean {
  if (view === 'mine') return isMine(entry, personId);
  return view === 'all' || entry.desk.owner.kind === 'queue';
}

/** The conversations whose visitor waits for this person, or for anybody. */
export const waitingFor = (entries: readonly Entry[], personId: string | undefined): readonly Entry[] =>
  entries.filter(
    (entry) =>
      entry.desk.waitingSinceMs !== undefined &&
      (entry.desk.owner.kind === 'queue' || isMine(entry, personId)),
  );

/** Of two reports of the owner, the later one. */
export function laterOwner(
  one: ConversationOwner | undefined,
  other: ConversationOwner | undefined,
): ConversationOwner | undefined {
  return (one?.number ?? -1) >= (other?.number ?? -1) ? one : other;
}

/** The view and the status of an address; all that is open otherwise. */
export function placeOf(query: URLSearchParams): InboxPlace {
  return {
    search: (query.get('q') ?? '').trim(),
    view: VIEWS.find((view) => view === query.get('view')) ?? 'all',
    status: STATUSES.find((status) => status === query.get('status')) ?? 'open',
  };
}

/** The address of the inbox, or of a conversation beside it. What is usual is left out. */
export function hrefOfPlace({ view, status, search }: InboxPlace, id?: string): string {
  const query = new URLSearchParams({
    ...(search === '' ? {} : { q: search }),
    ...(view === 'all' ? {} : { view }),
    ...(status === 'open' ? {} : { status }),
  }).toString();
  const path = id === undefined ? '/admin/desk' : `/admin/desk/${encodeURIComponent(id)}`;
  return query === '' ? path : `${path}?${query}`;
}
