/** A conversation as both sides hold it: ordered messages, each made of parts. @see PROTOCOL.md §8 */
import * as v from 'valibot';
import { ErrorBodySchema } from './errors.ts';
import { ConversationIdSchema, MessageIdSchema, RunIdSchema } from './ids.ts';

const text = v.string();
/** Any JSON value; it came out of JSON.parse, so there is nothing left to check. */
const JsonSchema = v.unknown();
/**
 * A time in milliseconds since 1970, up to the last one that a `Date` can hold. JSON reads 1e999 as infinity and writes infinity
 * as null, which no reader takes.
 */
export const EpochMsSchema = v.pipe(v.number(), v.minValue(0), v.maxValue(8.64e15));

/** A whole number from 0 to 2^53 - 1: above, one is not the number before the next. */
export const CountSchema = v.pipe(
  v.number(),
  v.integer(),
  v.minValue(0),
  v.maxValue(Number.MAX_SAFE_INTEGER),
);

/** Text, in Markdown. */
export const TextPartSchema = v.object({ type: v.literal('text'), text });
/** The reasoning that the model streamed; a widget shows it folded. */
export const ReasoningPartSchema = v.object({ type: v.literal('reasoning'), text });
/** The states of a tool call, in their order; `refused` replaces `approved`, and `failed` replaces `finished`. */
export const TOOL_STATES = [
  'input',
  'called',
  'approval-requested',
  'approved',
  'refused',
  'finished',
  'failed',
] as const;
/** A tool call. `inputText` is its JSON as it streams in, `input` the value once it is complete. */
export const ToolPartSchema = v.object({
  type: v.literal('tool'),
  callId: v.string(),
  name: v.string(),
  state: v.fallback(v.picklist(TOOL_STATES), 'called'),
  inputText: v.string(),
  input: v.optional(JsonSchema),
  /** The JSON Schema of the input of a call that waits for approval, so that a client can show its values as fields. */
  inputSchema: v.optional(JsonSchema),
  output: v.optional(JsonSchema),
  error: v.optional(ErrorBodySchema),
});
/** A source that the answer cites. */
export const SourcePartSchema = v.object({
  type: v.literal('source'),
  sourceId: v.string(),
  title: v.string(),
  url: v.optional(v.string()),
  excerpt: v.optional(v.string()),
});
/** A file that is kept beside the conversation. */
export const FilePartSchema = v.object({
  type: v.literal('file'),
  fileId: v.string(),
  name: v.string(),
  mediaType: v.string(),
  sizeBytes: CountSchema,
  url: v.optional(v.string()),
});
/** A value for a renderer: a card, a form, suggested replies, or a part of the site's own. */
export const DataPartSchema = v.object({ type: v.literal('data'), name: v.string(), value: JsonSchema });
/**
 * A part of a type newer than this reader. It is kept, so that the indexes of its neighbours stay right. @see PROTOCOL.md §16
 */
export const UnknownPartSchema = v.pipe(
  v.object({ type: v.string() }),
  v.transform(() => ({ type: 'unknown' as const })),
);

/** The schemas of the parts that this version knows. */
export const KNOWN_PART_SCHEMAS = [
  TextPartSchema,
  ReasoningPartSchema,
  ToolPartSchema,
  SourcePartSchema,
  FilePartSchema,
  DataPartSchema,
] as const;
type TypedSchema = v.GenericSchema & { entries: { type: { literal: string } } };
/** The schema whose `type` is that of the input. Each part is read by one schema, so that an error names the wrong field. */
function schemaFor<Schema extends TypedSchema>(
  schemas: readonly Schema[],
  input: unknown,
): Schema | undefined {
  const type = typeof input === 'object' && input !== null && 'type' in input ? input.type : undefined;
  return schemas.find(({ entries }) => entries.type.literal === type);
}
/** A part of a message. A known part with a wrong field is an error and not an unknown part. */
export const PartSchema = v.lazy((input) => schemaFor(KNOWN_PART_SCHEMAS, input) ?? UnknownPartSchema);
/** A part of a message; `unknown` when its type is newer than this reader. */
export type Part = v.InferOutput<typeof PartSchema>;
/** The type of a part. */
export type PartType = Part['type'];
/** Text, in Markdown. */
export type TextPart = v.InferOutput<typeof TextPartSchema>;
/** The reasoning that the model streamed. */
export type ReasoningPart = v.InferOutput<typeof ReasoningPartSchema>;
/** A tool call with its state, its input and its output. */
export type ToolPart = v.InferOutput<typeof ToolPartSchema>;
/** A source that the answer cites. */
export type SourcePart = v.InferOutput<typeof SourcePartSchema>;
/** A file that is kept beside the conversation. */
export type FilePart = v.InferOutput<typeof FilePartSchema>;
/** A value for a renderer, by its name. */
export type DataPart = v.InferOutput<typeof DataPartSchema>;

/** The schemas of the parts that a visitor may send. */
export const USER_PART_SCHEMAS = [TextPartSchema, FilePartSchema, DataPartSchema] as const;
/** Refuses a part of any other type; the error names the types that may be sent. */
const NoUserPartSchema = v.object({
  type: v.picklist(USER_PART_SCHEMAS.map(({ entries }) => entries.type.literal)),
}) as unknown as v.GenericSchema<never>; // it is given only inputs that it refuses
/** A part that a visitor may send. */
export const UserPartSchema = v.lazy((input) => schemaFor(USER_PART_SCHEMAS, input) ?? NoUserPartSchema);
/** A part that a visitor may send. */
export type UserPart = v.InferOutput<typeof UserPartSchema>;

/** Why a run is over. Only `stop` and `length` are a success; `length` is a limit of the model or of the gateway. @see PROTOCOL.md §7 */
export const FINISH_REASONS = [
  'stop',
  'length',
  'tool',
  'aborted',
  'blocked',
  'error',
  'interrupted',
] as const;
/** Why a run is over; one of `FINISH_REASONS`. */
export type FinishReason = (typeof FINISH_REASONS)[number];
/** Why a run is over. A reason that this version does not know is read as `error`. */
export const FinishReasonSchema = v.fallback(v.picklist(FINISH_REASONS), 'error');

/** What a run used, in tokens, as the upstream counted them. */
export const UsageSchema = v.object({ inputTokens: CountSchema, outputTokens: CountSchema });
/** What a run used, in tokens, as the upstream counted them. */
export type Usage = v.InferOutput<typeof UsageSchema>;

/** Why a run waits before it goes on: for its turn at the model, or until a failed request is repeated. */
export const RunWaitSchema = v.fallback(v.picklist(['queue', 'retry']), 'queue');

/** The run that writes, or wrote, an assistant message. `waiting` is present only in a running run that waits. `reason`, `usage` and `error` are present only in a finished run. */
export const RunSchema = v.object({
  id: RunIdSchema,
  state: v.fallback(v.picklist(['running', 'finished']), 'finished'),
  startedAtMs: EpochMsSchema,
  waiting: v.optional(RunWaitSchema),
  finishedAtMs: v.optional(EpochMsSchema),
  reason: v.optional(FinishReasonSchema),
  /** Counts that are none say nothing about the run; older gateways stored what an upstream wrote. */
  usage: v.fallback(v.optional(UsageSchema), undefined),
  error: v.optional(ErrorBodySchema),
});
/** The run that writes, or wrote, an assistant message. Times are in milliseconds since 1970. */
export type Run = v.InferOutput<typeof RunSchema>;

/** What the visitor thinks of an answer. */
export const FeedbackSchema = v.object({
  value: v.fallback(v.picklist(['up', 'down']), 'up'),
  comment: v.optional(v.string()),
});
/** What the visitor thinks of an answer. */
export type Feedback = v.InferOutput<typeof FeedbackSchema>;

/** Who wrote a message. `agent` is a member of the site's team who took over. */
export const ROLES = ['user', 'assistant', 'agent'] as const;
/** A member of the site's team who takes part in a conversation. */
export const ParticipantSchema = v.object({
  id: v.string(),
  name: v.string(),
  /** Where their picture is. */
  pictureUrl: v.optional(v.string()),
});
/** A member of the site's team who takes part in a conversation. */
export type Participant = v.InferOutput<typeof ParticipantSchema>;

/** A message of a conversation, with the run that wrote it when the model did. */
export const MessageSchema = v.object({
  id: MessageIdSchema,
  role: v.picklist(ROLES),
  /** The message that this one answers or follows; null for the first. Messages with the same parent are siblings. */
  parentId: v.nullable(MessageIdSchema),
  parts: v.array(PartSchema),
  createdAtMs: EpochMsSchema,
  run: v.optional(RunSchema),
  feedback: v.optional(FeedbackSchema),
  /** Who wrote it, when `role` is `agent`. */
  author: v.optional(ParticipantSchema),
});
/** A message of a conversation. */
export type Message = v.InferOutput<typeof MessageSchema>;

/** Who answers a conversation: nobody yet while it waits for a person, a person, or the model. */
export const OWNER_KINDS = ['queue', 'person', 'ai'] as const;
/**
 * Who answers a conversation. `number` is higher than that of every earlier owner. A kind that this version does not know is read as
 * `queue`: somebody else than the model.
 */
export const ConversationOwnerSchema = v.object({
  kind: v.fallback(v.picklist(OWNER_KINDS), 'queue'),
  number: CountSchema,
  sinceMs: EpochMsSchema,
  /** Present when `kind` is `person`. */
  person: v.optional(ParticipantSchema),
  /** True: nobody was there when the person was asked for. The conversation waits all the same. */
  isAway: v.optional(v.boolean()),
  /** True: the visitor has left an address at which the team answers. The address itself is told to the team alone. */
  hasAddress: v.optional(v.boolean()),
});
/** Who answers a conversation. `sinceMs` is in milliseconds since 1970. */
export type ConversationOwner = v.InferOutput<typeof ConversationOwnerSchema>;

/** A conversation: its messages in the order in which the log added them, and who takes part. */
export const ConversationSchema = v.object({
  id: ConversationIdSchema,
  title: v.nullable(v.string()),
  createdAtMs: EpochMsSchema,
  /** In the order in which the log added them. */
  messages: v.array(MessageSchema),
  participants: v.array(ParticipantSchema),
  /** Absent while nobody but the model has ever answered. */
  owner: v.optional(ConversationOwnerSchema),
});
/** A conversation. Treat it as immutable: `fold` returns a new one, and shares what did not change. */
export type Conversation = v.InferOutput<typeof ConversationSchema>;

/** A conversation without messages. `createdAtMs` is in milliseconds since 1970. */
export function emptyConversation(id: Conversation['id'], createdAtMs: number): Conversation {
  return { id, title: null, createdAtMs, messages: [], participants: [] };
}

/**
 * Whitespace, controls and characters that are drawn as nothing: zero-width ones, direction marks, fillers, selectors, tags, and
 * the empty Braille pattern.
 */
const BLANK = /^[\s\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]*$/u;
/** Whether a reader would see nothing of a text. */
export const isBlankText = (text: string): boolean => BLANK.test(text);
/** Whether a visitor's message has no content: no part, or only blank texts. A file or data is content. */
export const isBlank = (parts: readonly UserPart[]): boolean =>
  parts.every((part) => part.type === 'text' && isBlankText(part.text));

/** The text of a message: its text parts, joined by a blank line. */
export function textOf(message: Pick<Message, 'parts'>): string {
  return message.parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n\n');
}
