/** Events: gateway -> client. Logged ones carry `seq`, their place in the conversation's log. */
import * as v from 'valibot';
import { ErrorBodySchema } from './errors.ts';
import { CommandIdSchema, ConversationIdSchema, MessageIdSchema, PartIdSchema, RunIdSchema } from './ids.ts';
import {
  ConversationSchema,
  EpochMsSchema,
  FeedbackSchema,
  FinishReasonSchema,
  MessageSchema,
  PartSchema,
  ParticipantSchema,
  UsageSchema,
} from './message.ts';
import { PositionSchema } from './position.ts';
import { LIVE_SHAPES, LOGGED_SHAPES } from './shapes.ts';

const conversationId = ConversationIdSchema;
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
/** `seq` is contiguous from 1 within an epoch. An event that merges several carries the last, and the first in `first`. */
const place = { seq: v.pipe(count, v.minValue(1)), first: v.optional(v.pipe(count, v.minValue(1))) };
const logged = { conversationId, ...place };
/** Names the message and the index of the part in it. */
const partId = PartIdSchema;
/**
 * A delta names its part alone: the conversation is that of the message, which `run-started` announced. `at` is the offset of
 * the first UTF-16 unit of `text` in the part, so that applying a delta twice changes nothing.
 */
const delta = { ...place, partId, at: count, text: v.string() };

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
  attempt: count,
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

/** Answers `hello`. `token` is there when the gateway minted one: keep it and send it with the next `hello`. */
export const WelcomeSchema = v.object({
  type: v.literal('welcome'),
  protocol: v.string(),
  sessionId: v.string(),
  principal: v.object({ id: v.string(), kind: v.fallback(v.picklist(['anonymous', 'user']), 'user') }),
  token: v.optional(v.string()),
  limits: v.object({ maxFrameBytes: count, maxMessageChars: count }),
  /** What may be attached; absent: nothing. */
  files: v.optional(v.object({ maxBytes: count, mediaTypes: v.array(v.string()) })),
  heartbeatMs: count,
  serverTimeMs: EpochMsSchema,
  capabilities: v.array(v.string()),
});
/** What follows, up to `synced`, is a replay after `from`, or a snapshot. */
export const SubscribedSchema = v.object({
  type: v.literal('subscribed'),
  conversationId,
  epoch: v.string(),
  mode: v.fallback(v.picklist(['replay', 'snapshot']), 'snapshot'),
});
/** Why a viewer that had a cursor is given a snapshot. */
export const RESET_REASONS = ['epoch-changed', 'gap-too-large', 'gap-not-kept', 'ahead', 'slow'] as const;
export type ResetReason = (typeof RESET_REASONS)[number];
export const ResetSchema = v.object({
  type: v.literal('reset'),
  conversationId,
  why: v.fallback(v.picklist(RESET_REASONS), 'gap-not-kept'),
});
/**
 * The whole state at a position, in one or more pages of at most 256 KB (one message may be larger): every page repeats
 * `conversation`, whose `messages` are the page's; the state is whole with the page whose `isLast` is true.
 */
export const SnapshotSchema = v.object({
  type: v.literal('snapshot'),
  conversationId,
  ...PositionSchema.entries,
  conversation: ConversationSchema,
  page: count,
  isLast: v.boolean(),
});
/** The viewer has everything up to here; what comes now is live. */
export const SyncedSchema = v.object({
  type: v.literal('synced'),
  conversationId,
  ...PositionSchema.entries,
});
/** Erased, or another's now: nothing of it comes any more. */
export const ConversationRemovedSchema = v.object({
  type: v.literal('conversation-removed'),
  conversationId,
});
export const AcceptedSchema = v.object({
  type: v.literal('accepted'),
  commandId: CommandIdSchema,
  messageId: v.optional(MessageIdSchema),
  runId: v.optional(RunIdSchema),
});
export const RejectedSchema = v.object({
  type: v.literal('rejected'),
  /** Absent when the frame could not be read far enough to know. */
  commandId: v.optional(CommandIdSchema),
  error: ErrorBodySchema,
});
export const TypingEventSchema = v.object({
  type: v.literal('typing'),
  conversationId,
  participantId: v.string(),
  isTyping: v.boolean(),
});
export const PresenceSchema = v.object({ type: v.literal('presence'), conversationId, viewers: count });
/** The gateway is about to leave; reconnect after a random part of `withinMs`. */
export const DrainingSchema = v.object({ type: v.literal('draining'), withinMs: count });
/** Answers `ping`; without `commandId`, the gateway's own sign of life after `heartbeatMs` of silence. */
export const PongSchema = v.object({
  type: v.literal('pong'),
  commandId: v.optional(CommandIdSchema),
  serverTimeMs: EpochMsSchema,
});

export const LiveEventSchema = v.variant('type', [
  WelcomeSchema,
  SubscribedSchema,
  ResetSchema,
  SnapshotSchema,
  SyncedSchema,
  ConversationRemovedSchema,
  AcceptedSchema,
  RejectedSchema,
  TypingEventSchema,
  PresenceSchema,
  DrainingSchema,
  PongSchema,
]);
export type LiveEvent = v.InferOutput<typeof LiveEventSchema>;

export const EventSchema = v.variant('type', [LoggedEventSchema, LiveEventSchema]);
export type ChatEvent = LoggedEvent | LiveEvent;
export type EventType = ChatEvent['type'];
export type EventOf<Type extends EventType> = Extract<ChatEvent, { type: Type }>;

export type SnapshotEvent = EventOf<'snapshot'>;

/** Every event type of the wire. */
export const EVENT_TYPES: readonly string[] = [...Object.keys(LOGGED_SHAPES), ...Object.keys(LIVE_SHAPES)];

/** Whether the event has a place in the log; also when its type is newer than this reader. */
export function isLogged(event: ChatEvent): event is LoggedEvent {
  return event.type === 'unknown' || Object.hasOwn(LOGGED_SHAPES, event.type);
}
/** Whether the event appends to a part. */
export function isDelta(event: ChatEvent): event is DeltaEvent {
  return event.type === 'text-delta' || event.type === 'reasoning-delta' || event.type === 'tool-delta';
}
