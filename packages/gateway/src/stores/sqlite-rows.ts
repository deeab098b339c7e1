/** What the SQLite store and its worker tell each other: rows as they are stored, and plain values. */
import type { Amount, BudgetKind } from './spending.ts';
import type { Row } from './sqlite-database.ts';
import type { ReservationRow } from './sqlite-spending.ts';

/** A message as it is stored. */
export interface MessageRow {
  id: string;
  runId: string | null;
  runState: string | null;
  createdAtMs: number;
  /** The message as JSON. */
  body: string;
  /** Its text for searches, not normalised. */
  text: string;
}

/** An answer whose run has ended. */
export interface EndedRow extends MessageRow {
  /** Its rounds as JSON. */
  rounds: string | null;
  /** What the run has used. */
  spent: Amount | undefined;
  /** Its facts as JSON. */
  facts: string | null;
  /** What it adds to the totals of its conversation. */
  added: { costPico: number | null; unpriced: number };
}

/** `Acceptance` as rows. */
export interface AcceptanceRow {
  conversationId: string;
  siteId: string;
  ownerId: string;
  /** The title of a new conversation. */
  title: string | null;
  /** The question, if any, and the answer. */
  messages: readonly MessageRow[];
  answerId: string;
  runId: string;
  digest: string;
  key: string;
  maxRunning: number;
  nowMs: number;
  newestId: string | null | undefined;
  reservation?: Pick<ReservationRow, 'day' | 'amount' | 'limits'>;
}

/** `Accepted`, with the row of the key when it was used before. */
export type AcceptedRow =
  | { kind: 'accepted' }
  | { kind: 'conflict' | 'busy' | 'moved' | 'owned' | 'not-found' }
  | { kind: 'repeated'; row: unknown }
  | { kind: 'over-budget'; budget: BudgetKind };

/** `DeskChange` as values. */
export interface DeskChangeRow {
  id: string;
  /** That of the record after the change. */
  revision: number;
  /** The record as JSON. */
  json: string;
  /** Its owner, person and status, and since when the visitor waits. */
  columns: readonly [string, string | null, string, number];
  message: { row: MessageRow; newestId: string | null } | undefined;
  nowMs: number;
}

/** `Standing` as rows. */
export interface StandingRow {
  record: Row;
  newestId: string | null;
  named: { row: Row; parent: Row | undefined } | undefined;
  unfinished: { row: Row; parent: Row | undefined }[];
}

/** A page of an owner's conversations. */
export interface PageRow {
  limit: number;
  beforeMs: number;
  query: string;
}

/** Whose usage it is: conversation, run, site and owner. */
export type UsagePlace = readonly [string, string, string, string];
