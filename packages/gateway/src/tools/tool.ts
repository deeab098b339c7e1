/** The interface of a tool: a function that the model may call, with or without approval by the visitor. */
import type { ConversationId } from '@rivulet/protocol';

/** The context of a tool call. */
export interface ToolContext {
  /** Aborts when the run is stopped or the call times out; later results are dropped. */
  signal: AbortSignal;
  /** The visitor or user whose message caused the call. */
  principal: { id: string; kind: 'anonymous' | 'user'; siteId: string };
  conversationId: ConversationId;
  /** Unique in the conversation: usable as an idempotency key for requests that the tool repeats. */
  callId: string;
  /**
   * Takes numbers by which the answer may cite what the tool returns: they are unique in the answer, so that two calls do not use the
   * same. @returns the first one
   */
  takeNumbers: (count: number) => number;
  /**
   * Asks for a person, as the visitor can: the conversation is theirs, or waits for one, when the answer has ended. Again changes nothing.
   * Absent at sites without a desk.
   * @throws {ChatError} conflict when the answer has ended already
   */
  requestPerson?: (() => Promise<RequestedPerson>) | undefined;
}

/** What became of a request for a person. */
export interface RequestedPerson {
  /** Whether somebody is there. Otherwise the conversation waits all the same, and the visitor may leave an address. */
  isSomebodyThere: boolean;
}

/** What an answer may cite of the output of a tool, by the number in brackets that the output gave it: `[1]`. */
export interface CitableSource {
  number: number;
  title: string;
  /** An address of the web. */
  url?: string;
  /** The words that it is cited for. */
  excerpt?: string;
}

/** Whether a call waits for approval by the visitor. A function decides for each call; its input is valid. */
export type Approval =
  'never' | 'always' | ((input: unknown, context: ToolContext) => boolean | Promise<boolean>);

/** A tool of a site. */
export interface Tool {
  /** 1 to 64 letters, digits, `_` and `-`; unique within the site. */
  name: string;
  /** Tells the model what the tool does and when to call it. */
  description: string;
  /** JSON Schema (2020-12) of the input, of type `object`. The handler gets only input that is valid. */
  parameters: Readonly<Record<string, unknown>>;
  /** Default: `never`. */
  approval?: Approval;
  /** Whether the model only ends its answer after a call that did not fail: it is asked once more, and may call no tool. Default: false. */
  isLast?: boolean;
  /** How long the handler may take, in milliseconds. Default: `limits.toolTimeoutMs`. */
  timeoutMs?: number;
  /**
   * Returns a JSON value, or a promise of one, which the model and the visitor see; undefined counts as null. A `ToolResult` says more:
   * that nothing was found.
   * @throws {ChatError} with a message that the model and the visitor see. Of any other error they learn only that the call failed.
   */
  handler(input: unknown, context: ToolContext): unknown;
  /** What an answer may cite of an output that the handler has returned. What its text cites is shown as its sources. Default: nothing. */
  sources?: (output: unknown) => readonly CitableSource[];
}
