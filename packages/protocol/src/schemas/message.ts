/** A conversation as both sides hold it: ordered messages, each made of parts. */
import * as v from 'valibot';
import { ErrorBodySchema } from './errors.ts';
import { ConversationIdSchema, MessageIdSchema, RunIdSchema } from './ids.ts';

const text = v.string();
/** Any JSON value; it came out of JSON.parse, so there is nothing left to check. */
const JsonSchema = v.unknown();
/** Finite: JSON reads 1e999 as infinity and writes that as null, which no reader takes. */
export const EpochMsSchema = v.pipe(v.number(), v.finite(), v.minValue(0));

/** A whole number, 0 or more. */
export const CountSchema = v.pipe(v.number(), v.integer(), v.minValue(0));

export const TextPartSchema = v.object({ type: v.literal('text'), text });
/** What the model thought aloud; shown folded. */
export const ReasoningPartSchema = v.object({ type: v.literal('reasoning'), text });
export const TOOL_STATES = [
  'input',
  'called',
  'approval-requested',
  'approved',
  'refused',
  'finished',
  'failed',
] as const;
/** A call of a function; `inputText` is its JSON as it streamed in, `input` the value once it is whole. */
export const ToolPartSchema = v.object({
  type: v.literal('tool'),
  callId: v.string(),
  name: v.string(),
  state: v.fallback(v.picklist(TOOL_STATES), 'called'),
  inputText: v.string(),
  input: v.optional(JsonSchema),
  output: v.optional(JsonSchema),
  error: v.optional(ErrorBodySchema),
});
export const SourcePartSchema = v.object({
  type: v.literal('source'),
  sourceId: v.string(),
  title: v.string(),
  url: v.optional(v.string()),
  excerpt: v.optional(v.string()),
});
export const FilePartSchema = v.object({
  type: v.literal('file'),
  fileId: v.string(),
  name: v.string(),
  mediaType: v.string(),
  sizeBytes: CountSchema,
  url: v.optional(v.string()),
});
/** A value for a custom renderer: cards, forms, suggested replies. */
export const DataPartSchema = v.object({ type: v.literal('data'), name: v.string(), value: JsonSchema });
/** A part of a type newer than this reader: kept, so that the indexes of its neighbours stay right. */
export const UnknownPartSchema = v.pipe(
  v.object({ type: v.string() }),
  v.transform(() => ({ type: 'unknown' as const })),
);

export const KnownPartSchema = v.variant('type', [
  TextPartSchema,
  ReasoningPartSchema,
  ToolPartSchema,
  SourcePartSchema,
  FilePartSchema,
  DataPartSchema,
]);
type KnownPartOption = (typeof KnownPartSchema.options)[number];
const KNOWN_PART_SCHEMAS: ReadonlyMap<unknown, KnownPartOption> = /* @__PURE__ */ new Map(
  KnownPartSchema.options.map((option): [string, KnownPartOption] => [option.entries.type.literal, option]),
);
const typeOf = (input: unknown): unknown =>
  typeof input === 'object' && input !== null && 'type' in input ? input.type : undefined;
/** Chosen by the type, so that a known part of the wrong shape is an error and not an unknown part. */
export const PartSchema = v.lazy((input) => KNOWN_PART_SCHEMAS.get(typeOf(input)) ?? UnknownPartSchema);
export type Part = v.InferOutput<typeof PartSchema>;
export type PartType = Part['type'];
export type TextPart = v.InferOutput<typeof TextPartSchema>;
export type ReasoningPart = v.InferOutput<typeof ReasoningPartSchema>;
export type ToolPart = v.InferOutput<typeof ToolPartSchema>;
export type SourcePart = v.InferOutput<typeof SourcePartSchema>;
export type FilePart = v.InferOutput<typeof FilePartSchema>;
export type DataPart = v.InferOutput<typeof DataPartSchema>;

/** What a visitor may send. */
export const UserPartSchema = v.variant('type', [TextPartSchema, FilePartSchema, DataPartSchema]);
export type UserPart = v.InferOutput<typeof UserPartSchema>;

/** Why a run is over. `stop` and `length` are the model's own; only these two are a success. */
export const FINISH_REASONS = [
  'stop',
  'length',
  'tool',
  'aborted',
  'blocked',
  'error',
  'interrupted',
] as const;
export type FinishReason = (typeof FINISH_REASONS)[number];
export const FinishReasonSchema = v.fallback(v.picklist(FINISH_REASONS), 'error');

/** Counted by the upstream, in tokens. */
export const UsageSchema = v.object({ inputTokens: v.number(), outputTokens: v.number() });
export type Usage = v.InferOutput<typeof UsageSchema>;

/** The run that writes, or wrote, an assistant message. */
export const RunSchema = v.object({
  id: RunIdSchema,
  state: v.fallback(v.picklist(['running', 'finished']), 'finished'),
  startedAtMs: EpochMsSchema,
  finishedAtMs: v.optional(EpochMsSchema),
  reason: v.optional(FinishReasonSchema),
  usage: v.optional(UsageSchema),
  error: v.optional(ErrorBodySchema),
});
export type Run = v.InferOutput<typeof RunSchema>;

export const FeedbackSchema = v.object({
  value: v.fallback(v.picklist(['up', 'down']), 'up'),
  comment: v.optional(v.string()),
});
export type Feedback = v.InferOutput<typeof FeedbackSchema>;

/** `agent`: a person of the site's team who took over. */
export const ROLES = ['user', 'assistant', 'agent'] as const;
export const MessageSchema = v.object({
  id: MessageIdSchema,
  role: v.picklist(ROLES),
  /** The message that this one answers or follows; null for the first. Messages with one parent are siblings. */
  parentId: v.nullable(MessageIdSchema),
  parts: v.array(PartSchema),
  createdAtMs: EpochMsSchema,
  run: v.optional(RunSchema),
  feedback: v.optional(FeedbackSchema),
});
export type Message = v.InferOutput<typeof MessageSchema>;

export const ParticipantSchema = v.object({ id: v.string(), name: v.string() });
export type Participant = v.InferOutput<typeof ParticipantSchema>;

export const ConversationSchema = v.object({
  id: ConversationIdSchema,
  title: v.nullable(v.string()),
  createdAtMs: EpochMsSchema,
  /** In the order in which the log added them. */
  messages: v.array(MessageSchema),
  participants: v.array(ParticipantSchema),
});
export type Conversation = v.InferOutput<typeof ConversationSchema>;

/** A conversation that nothing has happened in yet. */
export function emptyConversation(id: Conversation['id'], createdAtMs: number): Conversation {
  return { id, title: null, createdAtMs, messages: [], participants: [] };
}

/** The text of a message: its text parts, joined by a blank line. */
export function textOf(message: Pick<Message, 'parts'>): string {
  return message.parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n\n');
}
