/** Commands: client -> gateway. Each carries an id that `accepted` or `rejected` names. */
import * as v from 'valibot';
import { CommandIdSchema, ConversationIdSchema, MessageIdSchema, RunIdSchema } from './ids.ts';
import { UserPartSchema } from './message.ts';
import { PositionSchema } from './position.ts';

const id = CommandIdSchema;
const conversationId = ConversationIdSchema;
const short = v.pipe(v.string(), v.maxLength(256));
const token = v.pipe(v.string(), v.maxLength(8192));
const parts = v.pipe(v.array(UserPartSchema), v.minLength(1), v.maxLength(32));

/** One conversation to follow; without a cursor the answer is a snapshot. */
export const SubscriptionSchema = v.object({ conversationId, cursor: v.optional(PositionSchema) });
export type Subscription = v.InferOutput<typeof SubscriptionSchema>;

/** The first frame of every connection, within 5 s. */
export const HelloSchema = v.object({
  type: v.literal('hello'),
  id,
  protocol: short,
  site: short,
  token: v.optional(token),
  /** Of the anonymous visitor who has signed in just now: what was said under it goes to the person of `token`. */
  previousToken: v.optional(token),
  client: v.object({ name: short, version: short }),
  capabilities: v.pipe(v.array(short), v.maxLength(64)),
  subscriptions: v.pipe(v.array(SubscriptionSchema), v.maxLength(100)),
});
export const SubscribeSchema = v.object({ type: v.literal('subscribe'), id, ...SubscriptionSchema.entries });
export const UnsubscribeSchema = v.object({ type: v.literal('unsubscribe'), id, conversationId });
/** A function of the page that the model may call, for the run that the command starts. `parameters`: JSON Schema of an object, which the gateway checks. */
export const ClientToolSchema = v.object({
  name: v.pipe(v.string(), v.regex(/^[\w-]{1,64}$/)),
  description: v.pipe(v.string(), v.maxLength(1024)),
  parameters: v.unknown(),
});
export type ClientTool = v.InferOutput<typeof ClientToolSchema>;
const tools = v.optional(v.pipe(v.array(ClientToolSchema), v.maxLength(32)));

/** `conversationId` may be new: the conversation is created with its first message. `messageId` is the idempotency key. */
export const SendMessageSchema = v.object({
  type: v.literal('send-message'),
  id,
  conversationId,
  messageId: MessageIdSchema,
  /** The message that this one follows; absent: the newest of the conversation. */
  parentId: v.optional(v.nullable(MessageIdSchema)),
  parts,
  tools,
});
/** Another answer to the same question, kept beside the first. `runId`, minted by the client, is the idempotency key. */
export const RegenerateSchema = v.object({
  type: v.literal('regenerate'),
  id,
  conversationId,
  messageId: MessageIdSchema,
  runId: RunIdSchema,
  tools,
});
/** A new version of a visitor's message, beside the old one, with an answer of its own. */
export const EditMessageSchema = v.object({
  type: v.literal('edit-message'),
  id,
  conversationId,
  messageId: MessageIdSchema,
  replacesId: MessageIdSchema,
  parts,
  tools,
});
/** Ends one run; with neither id, every active run of the conversation. `messageId` is the question that the run answers. */
export const AbortRunSchema = v.object({
  type: v.literal('abort-run'),
  id,
  conversationId,
  runId: v.optional(RunIdSchema),
  messageId: v.optional(MessageIdSchema),
});
export const ToolOutputSchema = v.object({
  type: v.literal('tool-output'),
  id,
  conversationId,
  callId: short,
  output: v.optional(v.unknown()),
  error: v.optional(short),
});
export const ToolApprovalSchema = v.object({
  type: v.literal('tool-approval'),
  id,
  conversationId,
  callId: short,
  decision: v.picklist(['approve', 'refuse']),
  /** The input as the person changed it. */
  input: v.optional(v.unknown()),
});
/** `value` null takes the feedback back. */
export const FeedbackCommandSchema = v.object({
  type: v.literal('feedback'),
  id,
  conversationId,
  messageId: MessageIdSchema,
  value: v.nullable(v.picklist(['up', 'down'])),
  comment: v.optional(v.pipe(v.string(), v.maxLength(4000))),
});
export const TypingCommandSchema = v.object({
  type: v.literal('typing'),
  id,
  conversationId,
  isTyping: v.boolean(),
});
/** The visitor has seen everything up to `position`. */
export const ReadSchema = v.object({ type: v.literal('read'), id, conversationId, position: PositionSchema });
export const RefreshAuthSchema = v.object({ type: v.literal('refresh-auth'), id, token });
export const PingSchema = v.object({ type: v.literal('ping'), id });

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
  RefreshAuthSchema,
  PingSchema,
]);
export type Command = v.InferOutput<typeof CommandSchema>;
export type CommandType = Command['type'];
export type CommandOf<Type extends CommandType> = Extract<Command, { type: Type }>;

export const COMMAND_TYPES: readonly CommandType[] = /* @__PURE__ */ CommandSchema.options.map(
  (option) => option.entries.type.literal,
);
