/** Live events: gateway -> client, without a place in a log. @see PROTOCOL.md §10 */
import * as v from 'valibot';
import { ErrorBodySchema } from './errors.ts';
import { CommandIdSchema, ConversationIdSchema, MessageIdSchema, RunIdSchema } from './ids.ts';
import { ConversationSchema, CountSchema, EpochMsSchema } from './message.ts';
import { PositionSchema } from './position.ts';

const conversationId = ConversationIdSchema;

/**
 * Answers `hello`, and is sent again without a token when what it says has changed. `token` is present when the gateway minted one: keep it and send it
 * with the next `hello`.
 */
export const WelcomeSchema = v.object({
  type: v.literal('welcome'),
  protocol: v.string(),
  sessionId: v.string(),
  principal: v.object({ id: v.string(), kind: v.fallback(v.picklist(['anonymous', 'user']), 'user') }),
  token: v.optional(v.string()),
  limits: v.object({ maxFrameBytes: CountSchema, maxMessageChars: CountSchema }),
  /** What may be attached. When absent, nothing may. */
  files: v.optional(v.object({ maxBytes: CountSchema, mediaTypes: v.array(v.string()) })),
  /** The site is switched off: nothing can be sent, everything can be read. `text` says why, in the words of the site. */
  disabled: v.optional(v.object({ text: v.optional(v.string()) })),
  /** False: what this gateway sends now can be resumed on its connections only, until `welcome` is sent again. When absent, true. */
  isResumable: v.optional(v.boolean()),
  heartbeatMs: CountSchema,
  serverTimeMs: EpochMsSchema,
  capabilities: v.array(v.string()),
});
/** Answers a subscription. What follows, up to `synced`, is a replay after the cursor, or a snapshot. @see PROTOCOL.md §6 */
export const SubscribedSchema = v.object({
  type: v.literal('subscribed'),
  conversationId,
  epoch: v.string(),
  mode: v.fallback(v.picklist(['replay', 'snapshot']), 'snapshot'),
});
/** Why a viewer that had a cursor gets a snapshot. */
export const RESET_REASONS = ['epoch-changed', 'gap-too-large', 'gap-not-kept', 'ahead', 'slow'] as const;
/** Why a viewer that had a cursor gets a snapshot; one of `RESET_REASONS`. */
export type ResetReason = (typeof RESET_REASONS)[number];
/** The cursor could not be resumed: a snapshot follows. */
export const ResetSchema = v.object({
  type: v.literal('reset'),
  conversationId,
  why: v.fallback(v.picklist(RESET_REASONS), 'gap-not-kept'),
});
/**
 * The whole state at a position, in one or more pages of at most 256 KB (one message may be larger). Every page repeats
 * `conversation`, with the messages of that page. The state is complete with the page whose `isLast` is true. @see
 * joinSnapshot
 */
export const SnapshotSchema = v.object({
  type: v.literal('snapshot'),
  conversationId,
  ...PositionSchema.entries,
  conversation: ConversationSchema,
  page: CountSchema,
  isLast: v.boolean(),
});
/** The viewer has everything up to this position; what follows is live. */
export const SyncedSchema = v.object({
  type: v.literal('synced'),
  conversationId,
  ...PositionSchema.entries,
});
/** The conversation was erased, or belongs to another user now: no more events of it follow. */
export const ConversationRemovedSchema = v.object({
  type: v.literal('conversation-removed'),
  conversationId,
});
/** A command was accepted; what it stored is durable. */
export const AcceptedSchema = v.object({
  type: v.literal('accepted'),
  commandId: CommandIdSchema,
  messageId: v.optional(MessageIdSchema),
  runId: v.optional(RunIdSchema),
});
/** A command was rejected. */
export const RejectedSchema = v.object({
  type: v.literal('rejected'),
  /** Absent when the frame could not be read far enough to know. */
  commandId: v.optional(CommandIdSchema),
  error: ErrorBodySchema,
});
/** Whether another participant is typing. */
export const TypingEventSchema = v.object({
  type: v.literal('typing'),
  conversationId,
  participantId: v.string(),
  isTyping: v.boolean(),
});
/** How many view the conversation. */
export const PresenceSchema = v.object({ type: v.literal('presence'), conversationId, viewers: CountSchema });
/** The gateway is about to leave: reconnect after a random part of `withinMs`. */
export const DrainingSchema = v.object({ type: v.literal('draining'), withinMs: CountSchema });
/**
 * Answers `ping`. Without `commandId` it is the heartbeat that the gateway sends after `heartbeatMs` of silence. @see
 * PROTOCOL.md §13
 */
export const PongSchema = v.object({
  type: v.literal('pong'),
  commandId: v.optional(CommandIdSchema),
  serverTimeMs: EpochMsSchema,
});

/** The schemas of the live events of this version. */
export const LIVE_EVENT_SCHEMAS = [
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
] as const;
/** A live event of this version. */
export const LiveEventSchema = v.variant('type', LIVE_EVENT_SCHEMAS);
/** An event without a place in a log. */
export type LiveEvent = v.InferOutput<(typeof LIVE_EVENT_SCHEMAS)[number]>;
