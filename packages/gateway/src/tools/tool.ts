/** SEAM: functions that the model may call, with or without a person's approval. */
import type { ConversationId } from '@rivulet/protocol';

/** Who asks, in which conversation, and until when. */
export interface ToolContext {
  /** Aborts when the run is stopped and when the time is over: what goes on after that is for nobody. */
  signal: AbortSignal;
  principal: { id: string; kind: 'anonymous' | 'user'; siteId: string };
  conversationId: ConversationId;
  /** Unique in the conversation; the same for a call that is tried again by the tool itself. */
  callId: string;
}

/** `always`: a person decides each time. A function decides by the input, which fits the schema. */
export type Approval =
  'never' | 'always' | ((input: unknown, context: ToolContext) => boolean | Promise<boolean>);

export interface Tool {
  /** 1 to 64 of letters, digits, `_` and `-`; unique in its site. */
  name: string;
  /** For the model: what it does and when to call it. */
  description: string;
  /** JSON Schema (2020-12) of the input, of type `object`. An input that does not fit never reaches the handler. */
  parameters: Readonly<Record<string, unknown>>;
  /** Default: `never`. */
  approval?: Approval;
  /** Default: `limits.toolTimeoutMs`. */
  timeoutMs?: number;
  /**
   * Gives a JSON value, which the model and the visitor see; undefined counts as null.
   * @throws {ChatError} with a message for the model and the visitor; of any other error neither learns more than that it was one
   */
  handler(input: unknown, context: ToolContext): unknown;
}
