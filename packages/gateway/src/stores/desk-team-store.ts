/** The part of a store about the people at the desk: who is there, and what they note for each other. */
import type { ConversationId } from '@rivulet/protocol';

/** What a person has chosen to be; `auto`: it follows from what they do. */
export const AVAILABILITY_CHOICES = ['auto', 'online', 'away', 'offline'] as const;
/** One of `AVAILABILITY_CHOICES`. */
export type AvailabilityChoice = (typeof AVAILABILITY_CHOICES)[number];

/** A person who has used the desk. Times are in milliseconds since 1970. */
export interface DeskMember {
  /** The id that visitors see. */
  id: string;
  /** The name that visitors see. */
  name: string;
  /** The name of the user of the console. */
  userName: string;
  /** The sites of the user; null: all. */
  sites: readonly string[] | null;
  pictureUrl?: string | undefined;
  choice: AvailabilityChoice;
  /** When their page was last known to be open. */
  seenMs: number;
  /** When they last did something. */
  activeMs: number;
  /** When they were last given a conversation; 0: never. */
  assignedMs: number;
}

/** What people note for each other. It reaches neither the visitor nor the model. */
export interface DeskNote {
  id: string;
  conversationId: ConversationId;
  /** Milliseconds since 1970. */
  atMs: number;
  /** The name of the user of the console. */
  userName: string;
  text: string;
}

/** The people at the desk. Notes are erased with their conversation. */
export interface DeskTeamStore {
  /** Keeps that the person is there. An `activeMs` that is older than the stored one changes it not; the choice and `assignedMs` stay. */
  touch(member: Omit<DeskMember, 'choice' | 'assignedMs'>): Promise<void>;
  /** Keeps what a person has chosen. Who has never been there is not known, and stays so. */
  choose(id: string, choice: AvailabilityChoice): Promise<void>;
  /** Keeps that the person was given a conversation. */
  assigned(id: string, atMs: number): Promise<void>;
  /** All of them by their ids, at most 1,000. */
  members(): Promise<DeskMember[]>;
  /** Adds a note. @returns false, and nothing is added, when the conversation does not exist */
  addNote(note: DeskNote): Promise<boolean>;
  /** The notes of a conversation, oldest first, at most 1,000. */
  notes(id: ConversationId): Promise<DeskNote[]>;
}
