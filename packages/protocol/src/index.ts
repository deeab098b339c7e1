/** `@rivulet/protocol`: everything that other packages may import. */
export { PROTOCOL_VERSION, WEBSOCKET_SUBPROTOCOL } from './codec/version.ts';
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
} from './schemas/ids.ts';
export {
  ChatError,
  ERROR_CODES,
  ErrorBodySchema,
  RETRIES,
  type ChatErrorOptions,
  type ErrorBody,
  type ErrorCode,
  type Retry,
} from './schemas/errors.ts';
export { ERRORS, bodyOf } from './schemas/error-sentences.ts';
export {
  CLOSE_CODES,
  closeReasonOf,
  comeBackAfter,
  type CloseReason,
  type ComeBack,
} from './codec/close-codes.ts';
export {
  ConversationSchema,
  FINISH_REASONS,
  MessageSchema,
  PartSchema,
  RunSchema,
  UserPartSchema,
  emptyConversation,
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
} from './schemas/message.ts';
export {
  CardActionSchema,
  CardSchema,
  DATA_PARTS,
  FORM_FIELD_KINDS,
  FormAnswerSchema,
  FormFieldSchema,
  FormSchema,
  SuggestionsSchema,
  readStandardData,
  type Card,
  type CardAction,
  type DataPartName,
  type Form,
  type FormAnswer,
  type FormField,
  type StandardData,
  type Suggestions,
} from './schemas/data-parts.ts';
export { PositionSchema, isSameEpoch, type Position } from './schemas/position.ts';
export {
  COMMAND_TYPES,
  ClientToolSchema,
  CommandSchema,
  type ClientTool,
  type Command,
  type CommandOf,
  type CommandType,
  type Subscription,
} from './schemas/commands.ts';
export {
  EVENT_TYPES,
  EventSchema,
  isDelta,
  isLogged,
  type ChatEvent,
  type EventOf,
  type EventType,
  type SnapshotEvent,
} from './schemas/events.ts';
export { RESET_REASONS, type LiveEvent, type ResetReason } from './schemas/live-events.ts';
export {
  LoggedEventSchema,
  type DeltaEvent,
  type LoggedEvent,
  type LoggedEventBody,
  type UnknownEvent,
} from './schemas/logged-events.ts';
export {
  MAX_COMMAND_DEPTH,
  MAX_COMMAND_FRAME_BYTES,
  commandIdIn,
  decodeCommands,
  decodeEvents,
  encodeFrame,
  encodeSseBlock,
  isDeeperThan,
  parseSseId,
  readSendMessage,
  type Decoded,
} from './codec/codec.ts';
export {
  readConversationList,
  readErrorBody,
  type ConversationSummary,
} from './schemas/conversation-list.ts';
export { fold, runningMessages } from './conversation/fold.ts';
export { applyEvent, joinSnapshot, type Applied, type View } from './conversation/view.ts';
export { mergeDeltas } from './conversation/merge.ts';
export { unreachable } from './unreachable.ts';
export type { Channel, ChannelClose } from './codec/channel.ts';
export type { Clock, Timer } from './clock.ts';
