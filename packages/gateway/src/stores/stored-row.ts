/** Validates the rows that the SQL stores read and converts them to records. */
import {
  ConversationIdSchema,
  MessageIdSchema,
  MessageSchema,
  RunIdSchema,
  type ConversationId,
  type Message,
} from '@rivulet/protocol';
import * as v from 'valibot';
import type { Amount, StoredReservation } from './spending.ts';
import { previewOf } from './message-text.ts';
import { addProgress } from './progress.ts';
import type {
  ConversationRecord,
  ListedConversation,
  Standing,
  StoredMessage,
  UnsettledMessage,
} from './store.ts';

const ConversationRowSchema = v.object({
  id: ConversationIdSchema,
  site_id: v.string(),
  owner_id: v.string(),
  title_json: v.pipe(
    v.string(),
    v.transform((json): unknown => JSON.parse(json)),
    v.nullable(v.string()),
  ),
  created_ms: v.number(),
  updated_ms: v.number(),
});
const MessageRowSchema = v.object({
  conversation_id: ConversationIdSchema,
  body: v.string(),
  /** A JSON array with the events of each save; null for an answer that is not running. */
  progress: v.nullable(v.string()),
});

const RoundsRowSchema = v.object({ rounds: v.nullable(v.string()) });
/** What cannot be read is of no use to this gateway, and the message is complete without it. */
const RoundsSchema = v.fallback(
  v.array(
    v.object({
      at: v.pipe(v.number(), v.integer(), v.minValue(0)),
      metadata: v.optional(v.unknown()),
    }),
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

/** Converts a row of `conversations`. */
export function toConversation(row: unknown): ConversationRecord {
  const { id, site_id, owner_id, title_json, created_ms, updated_ms } = v.parse(ConversationRowSchema, row);
  return {
    id,
    siteId: site_id,
    ownerId: owner_id,
    title: title_json,
    createdAtMs: created_ms,
    updatedAtMs: updated_ms,
  };
}

/**
 * Converts a row of `messages`. A newer gateway may have written it: the schema turns unknown parts into parts that this
 * version can show.
 */
export function toStored(row: unknown): { conversationId: ConversationId; message: Message } {
  const { conversation_id: conversationId, body, progress } = v.parse(MessageRowSchema, row);
  const message = v.parse(MessageSchema, JSON.parse(body));
  const saves = progress === null ? [] : v.parse(v.array(v.array(v.unknown())), JSON.parse(progress));
  if (saves.length === 0) return { conversationId, message };
  return { conversationId, message: addProgress(conversationId, message, saves) };
}

/** Converts a row of `messages` with the rounds of the answer. */
export function toBranchMessage(row: unknown): StoredMessage {
  const { rounds } = v.parse(RoundsRowSchema, row);
  const { message } = toStored(row);
  if (rounds === null) return message;
  return { ...message, rounds: v.parse(RoundsSchema, JSON.parse(rounds)) };
}

/** Converts a row of `messages` that has only ids. */
export function toUnsettled(row: unknown): UnsettledMessage {
  const {
    conversation_id: conversationId,
    message_id: messageId,
    run_id: runId,
  } = v.parse(UnsettledRowSchema, row);
  return { conversationId, messageId, runId };
}

interface PairOfRows {
  row: unknown;
  /** The message that it replies to; undefined when there is none. */
  parent: unknown;
}

/** Converts what the SQL stores read of a conversation for `readStanding`. */
export function toStanding(rows: {
  record: unknown;
  newestId: string | null;
  named: PairOfRows | undefined;
  unfinished: readonly PairOfRows[];
}): Standing {
  const { record, newestId, named, unfinished } = rows;
  return {
    record: toConversation(record),
    newestId: newestId === null ? null : v.parse(MessageIdSchema, newestId),
    named: named && toPair(named),
    unfinished: unfinished.map(toPair).map(({ message: answer, parent: question }) => ({ question, answer })),
  };
}

function toPair({ row, parent }: PairOfRows): { message: Message; parent: Message | undefined } {
  return {
    message: toStored(row).message,
    parent: parent === undefined ? undefined : toStored(parent).message,
  };
}

/** Converts a row of `conversations` with the body of its newest message. */
export function toSummary(row: unknown): ListedConversation {
  const { newest_body: body } = v.parse(NewestRowSchema, row);
  const newest = body === null ? undefined : v.parse(MessageSchema, JSON.parse(body));
  return { ...toConversation(row), preview: previewOf(newest) };
}
