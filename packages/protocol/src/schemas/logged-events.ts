/** Logged events: gateway -> client, each with its place in the log of its conversation. @see PROTOCOL.md §4 and §10 */
import * as v from 'valibot';
import { ErrorBodySchema } from './errors.ts';
import { ConversationIdSchema, MessageIdSchema, PartIdSchema, RunIdSchema } from './ids.ts';
import {
  ConversationOwnerSchema,
  CountSchema,
  EpochMsSchema,
  FeedbackSchema,
  FinishReasonSchema,
  MessageSchema,
  PartSchema,
  ParticipantSchema,
  RunWaitSchema,
  UsageSchema,
} from './message.ts';

const conversationId = ConversationIdSchema;
const seq = v.pipe(CountSchema, v.minValue(1));
/**
 * `seq` is contiguous from 1 within an epoch. An event that merges several carries the last one's `seq`, and the first one's
 * in `first`.
 */
const place = { seq, first: v.optional(seq) };
const logged = { conversationId, ...place };
/** Names the message and the index of the part in it. */
const partId = PartIdSchema;
/**
 * A delta names its part only: the conversation is that of the message, which `run-started` announced. `at` is the offset of
 * the first UTF-16 unit of `text` in the part, so that applying a delta twice changes nothing.
 */
const delta = { ...place, partId, at: CountSchema, text: v.string() };

/** Adds a message. */
export const MessageAddedSchema = v.object({
  type: v.literal('message-added'),
  ...logged,
  message: MessageSchema,
});
/** Replaces all parts of a message. */
export const MessageUpdatedSchema = v.object({
  type: v.literal('message-updated'),
  ...logged,
  messageId: MessageIdSchema,
  parts: v.array(PartSchema),
});
/** Removes a message. */
export const MessageRemovedSchema = v.object({
  type: v.literal('message-removed'),
  ...logged,
  messageId: MessageIdSchema,
});
/**
 * Adds the empty assistant message `messageId`. Logged when the question is accepted, before anything of the answer. @see
 * PROTOCOL.md §7
 */
export const RunStartedSchema = v.object({
  type: v.literal('run-started'),
  ...logged,
  runId: RunIdSchema,
  messageId: MessageIdSchema,
  parentId: v.nullable(MessageIdSchema),
  startedAtMs: EpochMsSchema,
});
/** Another attempt of the same run begins: the parts that it had written are withdrawn. */
export const RunRestartedSchema = v.object({
  type: v.literal('run-restarted'),
  ...logged,
  runId: RunIdSchema,
  attempt: CountSchema,
  why: ErrorBodySchema,
});
/** A run waits, or with null no longer: it goes on as if it had not waited. */
export const RunWaitingSchema = v.object({
  type: v.literal('run-waiting'),
  ...logged,
  runId: RunIdSchema,
  why: v.nullable(RunWaitSchema),
});
/** Ends a run. There is exactly one for each run, and nothing of the run follows it (invariant 3). */
export const RunFinishedSchema = v.object({
  type: v.literal('run-finished'),
  ...logged,
  runId: RunIdSchema,
  reason: FinishReasonSchema,
  finishedAtMs: EpochMsSchema,
  usage: v.fallback(v.optional(UsageSchema), undefined),
  error: v.optional(ErrorBodySchema),
});
/** Adds a part, with its initial value, at the end of the message that its id names. */
export const PartStartedSchema = v.object({
  type: v.literal('part-started'),
  ...logged,
  partId,
  value: PartSchema,
});
/** Appends to a text part. */
export const TextDeltaSchema = v.object({ type: v.literal('text-delta'), ...delta });
/** Appends to a reasoning part. */
export const ReasoningDeltaSchema = v.object({ type: v.literal('reasoning-delta'), ...delta });
/** Appends to the JSON text of a tool call's input. */
export const ToolDeltaSchema = v.object({ type: v.literal('tool-delta'), ...delta });
/** No delta of this part follows. */
export const PartFinishedSchema = v.object({ type: v.literal('part-finished'), ...logged, partId });
/** The input of a tool call is complete. */
export const ToolCalledSchema = v.object({
  type: v.literal('tool-called'),
  ...logged,
  callId: v.string(),
  input: v.unknown(),
});
/** A tool call ended, with its output or its error. */
export const ToolFinishedSchema = v.object({
  type: v.literal('tool-finished'),
  ...logged,
  callId: v.string(),
  output: v.optional(v.unknown()),
  error: v.optional(ErrorBodySchema),
});
/** A tool call waits for the visitor's approval. */
export const ApprovalRequestedSchema = v.object({
  type: v.literal('approval-requested'),
  ...logged,
  callId: v.string(),
  /** The JSON Schema of the input, unless it is long. */
  inputSchema: v.optional(v.unknown()),
});
/** The visitor decided on a tool call. */
export const ApprovalGivenSchema = v.object({
  type: v.literal('approval-given'),
  ...logged,
  callId: v.string(),
  decision: v.picklist(['approve', 'refuse']),
  /** The input as the visitor changed it. When absent, it is as it was called. */
  input: v.optional(v.unknown()),
});
/** A member of the site's team joined. */
export const ParticipantJoinedSchema = v.object({
  type: v.literal('participant-joined'),
  ...logged,
  participant: ParticipantSchema,
});
/** A member of the site's team left. */
export const ParticipantLeftSchema = v.object({
  type: v.literal('participant-left'),
  ...logged,
  participantId: v.string(),
});
/** An answer was rated. `feedback` null: the rating was withdrawn. */
export const FeedbackEventSchema = v.object({
  type: v.literal('feedback'),
  ...logged,
  messageId: MessageIdSchema,
  feedback: v.nullable(FeedbackSchema),
});
/** The conversation has a new title. */
export const ConversationUpdatedSchema = v.object({
  type: v.literal('conversation-updated'),
  ...logged,
  title: v.string(),
});
/** Somebody else answers from now on. No delta of a run that was accepted before follows it. @see PROTOCOL.md §7 */
export const OwnerChangedSchema = v.object({
  type: v.literal('owner-changed'),
  ...logged,
  owner: ConversationOwnerSchema,
});

/** The schemas of the logged events of this version. */
export const LOGGED_EVENT_SCHEMAS = [
  MessageAddedSchema,
  MessageUpdatedSchema,
  MessageRemovedSchema,
  RunStartedSchema,
  RunRestartedSchema,
  RunWaitingSchema,
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
  OwnerChangedSchema,
] as const;
/** A logged event of this version. */
export const LoggedEventSchema = v.variant('type', LOGGED_EVENT_SCHEMAS);
/**
 * A logged event of a type newer than this reader. Only a decoder makes it: it moves the position and changes nothing.
 * Without it the next event would be a gap that no resume can close. @see PROTOCOL.md §16
 */
export const UnknownEventSchema = v.object({ type: v.literal('unknown'), ...logged });
/** A logged event of a type newer than this reader. */
export type UnknownEvent = v.InferOutput<typeof UnknownEventSchema>;
/** An event with a place in the log. */
export type LoggedEvent = v.InferOutput<(typeof LOGGED_EVENT_SCHEMAS)[number]> | UnknownEvent;
/** An event before the log has given it a place. */
export type LoggedEventBody = LoggedEvent extends infer Event
  ? Event extends Exclude<LoggedEvent, UnknownEvent>
    ? Omit<Event, 'conversationId' | 'seq' | 'first'>
    : never
  : never;
/** An event that appends to a part. */
export type DeltaEvent = Extract<LoggedEvent, { type: 'text-delta' | 'reasoning-delta' | 'tool-delta' }>;
