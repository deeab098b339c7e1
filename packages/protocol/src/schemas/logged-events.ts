/** Logged events: gateway -> client, each with its place in the conversation's log. @see PROTOCOL.md §10 */
import * as v from 'valibot';
import { ErrorBodySchema } from './errors.ts';
import { ConversationIdSchema, MessageIdSchema, PartIdSchema, RunIdSchema } from './ids.ts';
import {
  CountSchema,
  EpochMsSchema,
  FeedbackSchema,
  FinishReasonSchema,
  MessageSchema,
  PartSchema,
  ParticipantSchema,
  UsageSchema,
} from './message.ts';

const conversationId = ConversationIdSchema;
const seq = v.pipe(v.number(), v.integer(), v.minValue(1));
/** `seq` is contiguous from 1 within an epoch. An event that merges several carries the last, and the first in `first`. */
const place = { seq, first: v.optional(seq) };
const logged = { conversationId, ...place };
/** Names the message and the index of the part in it. */
const partId = PartIdSchema;
/**
 * A delta names its part alone: the conversation is that of the message, which `run-started` announced. `at` is the offset of
 * the first UTF-16 unit of `text` in the part, so that applying a delta twice changes nothing.
 */
const delta = { ...place, partId, at: CountSchema, text: v.string() };

export const MessageAddedSchema = v.object({
  type: v.literal('message-added'),
  ...logged,
  message: MessageSchema,
});
/** Replaces the parts of a message whole. */
export const MessageUpdatedSchema = v.object({
  type: v.literal('message-updated'),
  ...logged,
  messageId: MessageIdSchema,
  parts: v.array(PartSchema),
});
export const MessageRemovedSchema = v.object({
  type: v.literal('message-removed'),
  ...logged,
  messageId: MessageIdSchema,
});
/** Logged when the message is accepted, before the upstream is called. Adds the empty assistant message `messageId`. */
export const RunStartedSchema = v.object({
  type: v.literal('run-started'),
  ...logged,
  runId: RunIdSchema,
  messageId: MessageIdSchema,
  parentId: v.nullable(MessageIdSchema),
  startedAtMs: EpochMsSchema,
});
/** Another attempt of the same run: what it had written is withdrawn. */
export const RunRestartedSchema = v.object({
  type: v.literal('run-restarted'),
  ...logged,
  runId: RunIdSchema,
  attempt: CountSchema,
  why: ErrorBodySchema,
});
/** Exactly one a run; nothing of the run comes after it. */
export const RunFinishedSchema = v.object({
  type: v.literal('run-finished'),
  ...logged,
  runId: RunIdSchema,
  reason: FinishReasonSchema,
  finishedAtMs: EpochMsSchema,
  usage: v.optional(UsageSchema),
  error: v.optional(ErrorBodySchema),
});
export const PartStartedSchema = v.object({
  type: v.literal('part-started'),
  ...logged,
  partId,
  value: PartSchema,
});
export const TextDeltaSchema = v.object({ type: v.literal('text-delta'), ...delta });
export const ReasoningDeltaSchema = v.object({ type: v.literal('reasoning-delta'), ...delta });
/** A piece of the JSON text of a tool call's input. */
export const ToolDeltaSchema = v.object({ type: v.literal('tool-delta'), ...delta });
export const PartFinishedSchema = v.object({ type: v.literal('part-finished'), ...logged, partId });
/** The input of the call is whole. */
export const ToolCalledSchema = v.object({
  type: v.literal('tool-called'),
  ...logged,
  callId: v.string(),
  input: v.unknown(),
});
export const ToolFinishedSchema = v.object({
  type: v.literal('tool-finished'),
  ...logged,
  callId: v.string(),
  output: v.optional(v.unknown()),
  error: v.optional(ErrorBodySchema),
});
export const ApprovalRequestedSchema = v.object({
  type: v.literal('approval-requested'),
  ...logged,
  callId: v.string(),
});
export const ApprovalGivenSchema = v.object({
  type: v.literal('approval-given'),
  ...logged,
  callId: v.string(),
  decision: v.picklist(['approve', 'refuse']),
  /** The input as the person changed it; absent: as it was called. */
  input: v.optional(v.unknown()),
});
export const ParticipantJoinedSchema = v.object({
  type: v.literal('participant-joined'),
  ...logged,
  participant: ParticipantSchema,
});
export const ParticipantLeftSchema = v.object({
  type: v.literal('participant-left'),
  ...logged,
  participantId: v.string(),
});
/** `feedback` null: taken back. */
export const FeedbackEventSchema = v.object({
  type: v.literal('feedback'),
  ...logged,
  messageId: MessageIdSchema,
  feedback: v.nullable(FeedbackSchema),
});
export const ConversationUpdatedSchema = v.object({
  type: v.literal('conversation-updated'),
  ...logged,
  title: v.string(),
});

export const LoggedEventSchema = v.variant('type', [
  MessageAddedSchema,
  MessageUpdatedSchema,
  MessageRemovedSchema,
  RunStartedSchema,
  RunRestartedSchema,
  RunFinishedSchema,
  PartStartedSchema,
  TextDeltaSchema,
  ReasoningDeltaSchema,
  ToolDeltaSchema,
  PartFinishedSchema,
  ToolCalledSchema,
  ToolFinishedSchema,
  ApprovalRequestedSchema,
  ApprovalGivenSchema,
  ParticipantJoinedSchema,
  ParticipantLeftSchema,
  FeedbackEventSchema,
  ConversationUpdatedSchema,
]);
/**
 * A logged event of a type newer than this reader. Only a decoder makes it: it moves the position and changes nothing, for
 * without it the event after it would be a gap that no resume can close. @see PROTOCOL.md §16
 */
export const UnknownEventSchema = v.object({ type: v.literal('unknown'), ...logged });
export type UnknownEvent = v.InferOutput<typeof UnknownEventSchema>;
export type LoggedEvent = v.InferOutput<typeof LoggedEventSchema> | UnknownEvent;
/** An event before the log has given it a place. */
export type LoggedEventBody = LoggedEvent extends infer Event
  ? Event extends Exclude<LoggedEvent, UnknownEvent>
    ? Omit<Event, 'conversationId' | 'seq' | 'first'>
    : never
  : never;
export type DeltaEvent = Extract<LoggedEvent, { type: 'text-delta' | 'reasoning-delta' | 'tool-delta' }>;
