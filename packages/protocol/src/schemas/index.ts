/**
 * The public names of this folder: the schemas of everything that crosses the wire, and the types that are inferred from them.
 * Begin with message.ts, the state of a conversation; commands.ts is what a client sends, events.ts what the gateway sends.
 */
export {
  CommandIdSchema,
  ConversationIdSchema,
  MessageIdSchema,
  PartIdSchema,
  RunIdSchema,
  mintCommandId,
  mintConversationId,
  mintMessageId,
  mintRunId,
  partIdOf,
  splitPartId,
  type CommandId,
  type ConversationId,
  type MessageId,
  type PartId,
  type RandomBytes,
  type RunId,
} from './ids.ts';
export {
  ConversationSchema,
  FINISH_REASONS,
  MessageSchema,
  PartSchema,
  RunSchema,
  UserPartSchema,
  emptyConversation,
  isBlank,
  isBlankText,
  textOf,
  type Conversation,
  type DataPart,
  type Feedback,
  type FilePart,
  type FinishReason,
  type Message,
  type Part,
  type PartType,
  type Participant,
  type ReasoningPart,
  type Run,
  type SourcePart,
  type TextPart,
  type ToolPart,
  type Usage,
  type UserPart,
} from './message.ts';
export {
  CardActionSchema,
  CardSchema,
  DATA_PARTS,
  FORM_FIELD_KINDS,
  FormAnswerSchema,
  NOTICE_CODES,
  NoticeSchema,
  FormFieldSchema,
  FormSchema,
  SuggestionsSchema,
  readStandardData,
  type Card,
  type CardAction,
  type DataPartName,
  type Form,
  type FormAnswer,
  type Notice,
  type FormField,
  type StandardData,
  type Suggestions,
} from './data-parts.ts';
export { PositionSchema, isSameEpoch, type Position } from './position.ts';
export {
  COMMAND_TYPES,
  ClientToolSchema,
  CommandSchema,
  type ClientTool,
  type Command,
  type CommandOf,
  type CommandType,
  type Subscription,
} from './commands.ts';
export {
  EVENT_TYPES,
  EventSchema,
  isDelta,
  isLogged,
  type ChatEvent,
  type EventOf,
  type EventType,
  type SnapshotEvent,
} from './events.ts';
export {
  LoggedEventSchema,
  type DeltaEvent,
  type LoggedEvent,
  type LoggedEventBody,
  type UnknownEvent,
} from './logged-events.ts';
export { RESET_REASONS, type LiveEvent, type ResetReason } from './live-events.ts';
export {
  ChatError,
  ERROR_CODES,
  ErrorBodySchema,
  RETRIES,
  type ChatErrorOptions,
  type ErrorBody,
  type ErrorCode,
  type Retry,
} from './errors.ts';
export { ERRORS, bodyOf } from './error-sentences.ts';
export { readConversationList, readErrorBody, type ConversationSummary } from './conversation-list.ts';
