/**
 * Validates the rows that the SQL stores read and converts them to records. A row that is damaged is read as far as it can be, or left
 * out, and reported: it must not take the others of a list, a search or an export with it.
 */
import { ConversationIdSchema, MessageIdSchema, RunIdSchema, type Message } from '@rivulet/protocol';
import * as v from 'valibot';
import type { Logger } from '../base/index.ts';
import { DeskRecordSchema } from './desk-store.ts';
import type { SiteSwitch } from './switch-store.ts';
import { readMessage } from './message-repair.ts';
import type { Amount, StoredReservation } from './spending.ts';
import { previewOf } from './message-text.ts';
import { addProgress, noteIn } from './progress.ts';
import type {
  ConversationRecord,
  ListedConversation,
  NamedMessage,
  Revocation,
  Standing,
  StoredMessage,
  UnsettledMessage,
} from './store.ts';

const ConversationRowSchema = v.object({
  id: ConversationIdSchema,
  site_id: v.string(),
  owner_id: v.string(),
  title_json: v.fallback(v.pipe(v.string(), v.parseJson(), v.nullable(v.string())), null),
  created_ms: v.fallback(v.number(), 0),
  updated_ms: v.fallback(v.number(), 0),
  held_ms: v.nullable(v.number()),
  desk_json: v.nullable(v.pipe(v.string(), v.parseJson(), DeskRecordSchema)),
});
const MessageRowSchema = v.object({
  conversation_id: ConversationIdSchema,
  body: v.string(),
  /** A JSON array with the events of each save; null for an answer that is not running. */
  progress: v.nullable(v.string()),
});

/** A save that a kill cut off is no JSON. */
const ProgressSchema = v.pipe(v.string(), v.parseJson(), v.array(v.array(v.unknown())));

const RoundsRowSchema = v.object({ rounds: v.nullable(v.string()) });
/** What cannot be read is of no use to this gateway, and the message is complete without it. */
const RoundsSchema = v.fallback(
  v.pipe(
    v.string(),
    v.parseJson(),
    v.array(
      v.object({
        at: v.pipe(v.number(), v.integer(), v.minValue(0)),
        metadata: v.optional(v.unknown()),
      }),
    ),
  ),
  [],
);

const UnsettledRowSchema = v.object({
  conversation_id: ConversationIdSchema,
  message_id: MessageIdSchema,
  run_id: RunIdSchema,
});

const NewestRowSchema = v.object({ newest_body: v.nullable(v.string()) });

/** A row of `keys`. */
export const KeyRowSchema = v.object({ digest: v.string(), answer_id: MessageIdSchema, run_id: RunIdSchema });
/** The owner columns of `conversations`. */
export const OwnerRowSchema = v.object({ site_id: v.string(), owner_id: v.string() });
/** What is kept for an owner. */
export const KeptRowSchema = v.object({ conversations: v.number(), bytes: v.number() });
/** A sum over `usage`. */
export const UsageRowSchema = v.object({ input_tokens: v.number(), output_tokens: v.number() });

const AmountRowSchema = v.object({ tokens: v.number(), cost_pico: v.number() });
const ReservationRowSchema = v.object({ ...AmountRowSchema.entries, note: v.nullable(v.string()) });

/** Converts the tokens and costs of a row. */
export function toAmount(row: unknown): Amount {
  const { tokens, cost_pico: costPico } = v.parse(AmountRowSchema, row);
  return { tokens, costPico };
}

/** Converts a row of `reservations`. */
export function toReservation(row: unknown): StoredReservation {
  const { note } = v.parse(ReservationRowSchema, row);
  return { amount: toAmount(row), note: note === null ? undefined : (JSON.parse(note) as unknown) };
}

const FoundRowSchema = v.object({ is_found: v.number() });
/** Whether the row of a search has what was looked for. */
export const isFoundIn = (row: unknown): boolean => v.parse(FoundRowSchema, row).is_found === 1;

/** Reads rows. What is damaged is reported once for each process. */
export interface RowReader {
  /** A row of `conversations`. @throws {v.ValiError} when its id is damaged */
  conversation(row: unknown): ConversationRecord;
  /** Rows of `conversations`, each with the body of its newest message. */
  summaries(rows: readonly unknown[]): ListedConversation[];
  /**
   * Rows of `messages`. A newer gateway may have written them: the schema turns unknown parts into parts that this version can show.
   */
  messages(rows: readonly unknown[]): Message[];
  /** Rows of `messages` with the rounds of the answers. */
  branch(rows: readonly unknown[]): StoredMessage[];
  /** Rows of `messages` that have only ids. */
  unsettled(rows: readonly unknown[]): UnsettledMessage[];
  /** Rows of `revocations`. */
  revocations(rows: readonly unknown[]): Revocation[];
  /** Rows of `site_switches`. */
  switches(rows: readonly unknown[]): SiteSwitch[];
  /** What the SQL stores read of a conversation for `readStanding`. */
  standing(rows: StandingRows): Standing;
}

/** What the SQL stores read of a conversation for `readStanding`. */
export interface StandingRows {
  record: unknown;
  newestId: string | null;
  named: PairOfRows | undefined;
  unfinished: readonly PairOfRows[];
}

interface PairOfRows {
  row: unknown;
  /** The message that it replies to; undefined when there is none. */
  parent: unknown;
}

/** Creates the reader of one store. */
export function createRowReader(logger: Logger): RowReader {
  const report = createReport(logger);
  const messageOf = (row: unknown) => toStored(row, report);
  const pairOf = ({ row, parent }: PairOfRows) => {
    const message = messageOf(row);
    return message && { message, parent: parent === undefined ? undefined : messageOf(parent) };
  };
  const namedOf = (rows: PairOfRows) => {
    const pair = pairOf(rows);
    return pair && { ...pair, ...toNote(rows.row) };
  };
  return {
    conversation: toConversation,
    summaries: (rows) => readable(rows, (row) => toSummary(row, report), report),
    messages: (rows) => readable(rows, messageOf, report),
    branch: (rows) => readable(rows, (row) => toBranchMessage(row, report), report),
    unsettled: (rows) => readable(rows, toUnsettled, report),
    revocations: (rows) => readable(rows, toRevocation, report),
    switches: (rows) => readable(rows, toSwitch, report),
    standing: ({ record, newestId, named, unfinished }) => ({
      record: toConversation(record),
      newestId: newestId === null ? null : v.parse(MessageIdSchema, newestId),
      named: named && namedOf(named),
      unfinished: readable(unfinished, pairOf, report).map(({ message: answer, parent: question }) => ({
        question,
        answer,
      })),
    }),
  };
}

/** Reports a row that is damaged. `damage` is a place and no value: rows hold what people wrote. */
type Report = (row: unknown, damage: string) => void;

/** One line for each row, however often it is read. More rows than this are damaged by one cause. */
const MAX_REPORTS = 200;

function createReport(logger: Logger): Report {
  const reported = new Set<string>();
  return (row, damage) => {
    const {
      id,
      conversation_id: conversationId = id,
      message_id: messageId,
    } = row as Record<string, unknown>; // of a SELECT
    const key = JSON.stringify([conversationId, messageId, damage]);
    if (reported.has(key) || reported.size >= MAX_REPORTS) return;
    reported.add(key);
    logger.warn({ conversationId, messageId, damage }, 'a stored row is damaged: it is read without what is');
  };
}

/** The rows that can be read. */
function readable<Row, Value>(
  rows: readonly Row[],
  read: (row: Row) => Value | undefined,
  report: Report,
): Value[] {
  return rows.flatMap((row) => {
    try {
      return read(row) ?? [];
    } catch (error) {
      const damage = v.isValiError(error) ? v.getDotPath(error.issues[0]) : undefined;
      report(row, damage ?? 'row');
      return [];
    }
  });
}

function toConversation(row: unknown): ConversationRecord {
  const { id, site_id, owner_id, title_json, created_ms, updated_ms, held_ms, desk_json } = v.parse(
    ConversationRowSchema,
    row,
  );
  return {
    id,
    siteId: site_id,
    ownerId: owner_id,
    title: title_json,
    createdAtMs: created_ms,
    updatedAtMs: updated_ms,
    ...(held_ms === null ? {} : { isHeld: true as const }),
    ...(desk_json === null ? {} : { desk: desk_json }),
  };
}

/** @returns undefined when the body is no message */
function toStored(row: unknown, report: Report): Message | undefined {
  const { conversation_id: conversationId, body, progress } = v.parse(MessageRowSchema, row);
  const { message, damage = message === undefined ? 'body' : undefined } = readMessage(body) ?? {};
  if (damage !== undefined) report(row, damage);
  if (message === undefined || progress === null) return message;
  const saves = v.safeParse(ProgressSchema, progress);
  if (!saves.success) report(row, 'progress');
  return saves.success && saves.output.length > 0
    ? addProgress(conversationId, message, saves.output)
    : message;
}

function toNote(row: unknown): Pick<NamedMessage, 'note'> {
  const { progress } = v.parse(MessageRowSchema, row);
  const saves = v.safeParse(ProgressSchema, progress);
  return saves.success ? noteIn(saves.output) : {};
}

function toBranchMessage(row: unknown, report: Report): StoredMessage | undefined {
  const message = toStored(row, report);
  const { rounds } = v.parse(RoundsRowSchema, row);
  return message === undefined || rounds === null
    ? message
    : { ...message, rounds: v.parse(RoundsSchema, rounds) };
}

function toUnsettled(row: unknown): UnsettledMessage {
  const {
    conversation_id: conversationId,
    message_id: messageId,
    run_id: runId,
  } = v.parse(UnsettledRowSchema, row);
  return { conversationId, messageId, runId };
}

function toSummary(row: unknown, report: Report): ListedConversation {
  const { newest_body: body } = v.parse(NewestRowSchema, row);
  const newest = body === null ? undefined : readMessage(body);
  if (body !== null && newest?.damage !== undefined) report(row, newest.damage);
  return { ...toConversation(row), preview: previewOf(newest?.message) };
}

const RevocationRowSchema = v.object({
  site_id: v.string(),
  kind: v.picklist(['owner', 'token']),
  id: v.string(),
  at_ms: v.number(),
  until_ms: v.number(),
});

/** Converts a row of `revocations`. */
function toRevocation(row: unknown): Revocation {
  const { site_id: siteId, kind, id, at_ms: atMs, until_ms: untilMs } = v.parse(RevocationRowSchema, row);
  return { siteId, kind, id, atMs, untilMs };
}

const SwitchRowSchema = v.object({ site_id: v.string(), disabled: v.string(), at_ms: v.number() });

/** Converts a row of `site_switches`. */
function toSwitch(row: unknown): SiteSwitch {
  const { site_id: siteId, disabled, at_ms: atMs } = v.parse(SwitchRowSchema, row);
  return { siteId, disabled: v.parse(v.union([v.boolean(), v.string()]), JSON.parse(disabled)), atMs };
}
