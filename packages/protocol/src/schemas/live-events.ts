/** Live events: gateway -> client, without a place in any log. @see PROTOCOL.md §10 */
import * as v from 'valibot';
import { ErrorBodySchema } from './errors.ts';
import { CommandIdSchema, ConversationIdSchema, MessageIdSchema, RunIdSchema } from './ids.ts';
import { ConversationSchema, CountSchema, EpochMsSchema } from './message.ts';
import { PositionSchema } from './position.ts';

const conversationId = ConversationIdSchema;

/** Answers `hello`. `token` is there when the gateway minted one: keep it and send it with the next `hello`. */
export const WelcomeSchema = v.object({
  type: v.literal('welcome'),
  protocol: v.string(),
  sessionId: v.string(),
  principal: v.object({ id: v.string(), kind: v.fallback(v.picklist(['anonymous', 'user']), 'user') }),
  token: v.optional(v.string()),
  limits: v.object({ maxFrameBytes: CountSchema, maxMessageChars: CountSchema }),
  /** What may be attached; absent: nothing. */
  files: v.optional(v.object({ maxBytes: CountSchema, mediaTypes: v.array(v.string()) })),
  heartbeatMs: CountSchema,
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
  page: CountSchema,
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
export const PresenceSchema = v.object({ type: v.literal('presence'), conversationId, viewers: CountSchema });
/** The gateway is about to leave; reconnect after a random part of `withinMs`. */
export const DrainingSchema = v.object({ type: v.literal('draining'), withinMs: CountSchema });
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
