/** Commands: client -> gateway. Each carries an id that `accepted` or `rejected` names. @see PROTOCOL.md §9 */
import * as v from 'valibot';
import { CommandIdSchema, ConversationIdSchema, MessageIdSchema, RunIdSchema } from './ids.ts';
import { UserPartSchema } from './message.ts';
import { PositionSchema } from './position.ts';

const id = CommandIdSchema;
const conversationId = ConversationIdSchema;
const short = v.pipe(v.string(), v.maxLength(256));
const token = v.pipe(v.string(), v.maxLength(8192));
const parts = v.pipe(v.array(UserPartSchema), v.minLength(1), v.maxLength(32));

/** One conversation to follow. Without a cursor the gateway sends a snapshot. */
export const SubscriptionSchema = v.object({ conversationId, cursor: v.optional(PositionSchema) });
/** One conversation to follow, from a cursor if there is one. */
export type Subscription = v.InferOutput<typeof SubscriptionSchema>;

/** The first frame of every connection, within 5 s. @see PROTOCOL.md §2 */
export const HelloSchema = v.object({
  type: v.literal('hello'),
  id,
  protocol: short,
  site: short,
  token: v.optional(token),
  /**
   * The token of an anonymous visitor who has just signed in: the conversations of that visitor move to the user of `token`.
   */
  previousToken: v.optional(token),
  /** The solution of the challenge of a `proof-required`, in the format of ALTCHA. Ignored when `token` is present. */
  proof: v.optional(v.pipe(v.string(), v.maxLength(2048))),
  client: v.object({ name: short, version: short }),
  capabilities: v.pipe(v.array(short), v.maxLength(64)),
  subscriptions: v.pipe(v.array(SubscriptionSchema), v.maxLength(100)),
});
/** Follows one more conversation. @see PROTOCOL.md §6 */
export const SubscribeSchema = v.object({ type: v.literal('subscribe'), id, ...SubscriptionSchema.entries });
/** Stops following a conversation. It does not stop its runs (invariant 2). */
export const UnsubscribeSchema = v.object({ type: v.literal('unsubscribe'), id, conversationId });
/**
 * A function of the page that the model may call, for the run that the command starts. `parameters` is the JSON Schema of an
 * object; the gateway checks it.
 */
export const ClientToolSchema = v.object({
  name: v.pipe(v.string(), v.regex(/^[\w-]{1,64}$/)),
  description: v.pipe(v.string(), v.maxLength(1024)),
  parameters: v.unknown(),
});
/** A function of the page that the model may call. */
export type ClientTool = v.InferOutput<typeof ClientToolSchema>;
const tools = v.optional(v.pipe(v.array(ClientToolSchema), v.maxLength(32)));
/** The trace of the page, as the header of W3C Trace Context has it. One that is no such header is ignored. */
const traceparent = v.optional(short);

/**
 * Adds a visitor's message and starts a run. `conversationId` may be new: its first message creates the conversation.
 * `messageId` is the idempotency key. @see PROTOCOL.md §8
 */
export const SendMessageSchema = v.object({
  type: v.literal('send-message'),
  id,
  conversationId,
  messageId: MessageIdSchema,
  /** The message that this one follows. When absent, it is the newest of the conversation. */
  parentId: v.optional(v.nullable(MessageIdSchema)),
  parts,
  tools,
  traceparent,
});
/**
 * Asks for another answer to the same question, which is kept beside the first. `runId`, minted by the client, is the
 * idempotency key.
 */
export const RegenerateSchema = v.object({
  type: v.literal('regenerate'),
  id,
  conversationId,
  messageId: MessageIdSchema,
  runId: RunIdSchema,
  tools,
  traceparent,
});
/** Adds a new version of a visitor's message beside the old one, with an answer of its own. */
export const EditMessageSchema = v.object({
  type: v.literal('edit-message'),
  id,
  conversationId,
  messageId: MessageIdSchema,
  replacesId: MessageIdSchema,
  parts,
  tools,
  traceparent,
});
/**
 * Aborts one run. With neither id, it aborts every active run of the conversation. `messageId` is the question that the run
 * answers. @see PROTOCOL.md §7
 */
export const AbortRunSchema = v.object({
  type: v.literal('abort-run'),
  id,
  conversationId,
  runId: v.optional(RunIdSchema),
  messageId: v.optional(MessageIdSchema),
});
/** Delivers the output of a tool that runs in the page, or its error. */
export const ToolOutputSchema = v.object({
  type: v.literal('tool-output'),
  id,
  conversationId,
  callId: short,
  output: v.optional(v.unknown()),
  error: v.optional(short),
});
/** The visitor's decision on a tool call that waits for approval. */
export const ToolApprovalSchema = v.object({
  type: v.literal('tool-approval'),
  id,
  conversationId,
  callId: short,
  decision: v.picklist(['approve', 'refuse']),
  /** The input as the visitor changed it. */
  input: v.optional(v.unknown()),
});
/** Rates an answer. `value` null withdraws the rating. */
export const FeedbackCommandSchema = v.object({
  type: v.literal('feedback'),
  id,
  conversationId,
  messageId: MessageIdSchema,
  value: v.nullable(v.picklist(['up', 'down'])),
  comment: v.optional(v.pipe(v.string(), v.maxLength(4000))),
});
/** Whether the visitor is typing. */
export const TypingCommandSchema = v.object({
  type: v.literal('typing'),
  id,
  conversationId,
  isTyping: v.boolean(),
});
/** Asks for a person. Changes nothing when a person has the conversation, or should. @see PROTOCOL.md §7 */
export const RequestPersonSchema = v.object({ type: v.literal('request-person'), id, conversationId });
/**
 * Leaves an address at which the team answers, for a conversation that waits for a person or that a person has. It replaces an earlier one,
 * and is erased with the conversation.
 */
export const LeaveAddressSchema = v.object({
  type: v.literal('leave-address'),
  id,
  conversationId,
  name: v.optional(v.pipe(v.string(), v.maxLength(200))),
  email: v.pipe(v.string(), v.maxLength(320)),
  /** The visitor has agreed that the address is stored. */
  consent: v.literal(true),
});
/** The visitor has seen everything up to `position`. */
export const ReadSchema = v.object({ type: v.literal('read'), id, conversationId, position: PositionSchema });
/** Replaces the token of the connection before it expires. */
export const RefreshAuthSchema = v.object({ type: v.literal('refresh-auth'), id, token });
/** Asks for a `pong`. @see PROTOCOL.md §13 */
export const PingSchema = v.object({ type: v.literal('ping'), id });

/** Every command of this version. */
export const CommandSchema = v.variant('type', [
  HelloSchema,
  SubscribeSchema,
  UnsubscribeSchema,
  SendMessageSchema,
  RegenerateSchema,
  EditMessageSchema,
  AbortRunSchema,
  ToolOutputSchema,
  ToolApprovalSchema,
  FeedbackCommandSchema,
  TypingCommandSchema,
  ReadSchema,
  RequestPersonSchema,
  LeaveAddressSchema,
  RefreshAuthSchema,
  PingSchema,
]);
/** A command, client to gateway. */
export type Command = v.InferOutput<typeof CommandSchema>;
/** The type of a command. */
export type CommandType = Command['type'];
/** The command of one type. */
export type CommandOf<Type extends CommandType> = Extract<Command, { type: Type }>;

/** Every command type of the wire. */
export const COMMAND_TYPES: readonly CommandType[] = /* @__PURE__ */ CommandSchema.options.map(
  (option) => option.entries.type.literal,
);
