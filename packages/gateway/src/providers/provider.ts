/** SEAM: what answers. An adapter turns one request into a stream of provider events and knows no seq, socket or store. */
import type { FinishReason, Usage } from '@rivulet/protocol';

/** What a visitor attached. */
export interface ProviderFile {
  name: string;
  mediaType: string;
  sizeBytes: number;
  /** Absent: over the budget, or gone; the model is told that there was one. */
  bytes?: Uint8Array;
  /** Whether `bytes` are its beginning only. */
  isCut?: boolean;
}

/** A function that the model called. */
export interface ProviderCall {
  /** Of the conversation, not the upstream's own. */
  callId: string;
  name: string;
  /** JSON text, as the model wrote it. */
  input: string;
}

export type ProviderMessage =
  | { role: 'system'; text: string }
  | { role: 'user'; text: string; files?: readonly ProviderFile[] }
  /** After one with calls, a `tool` message follows for each of them. */
  | { role: 'assistant'; text: string; calls?: readonly ProviderCall[] }
  /** What the call gave: JSON text. */
  | { role: 'tool'; callId: string; text: string };

/** A function that the model may call. */
export interface ProviderTool {
  name: string;
  description: string;
  /** JSON Schema of the input, an object. */
  parameters: Readonly<Record<string, unknown>>;
}

export interface ProviderRequest {
  /** Oldest first; the last is the visitor's, or what its tools gave. Already cut to the token budget. */
  messages: readonly ProviderMessage[];
  /** Overrides the provider's own model. */
  model?: string;
  /** Absent or empty: there are none. */
  tools?: readonly ProviderTool[];
  /** `none`: the model is to answer now, with what it has. Default: `auto`. */
  toolChoice?: 'auto' | 'none';
}

export type ProviderEvent =
  /** The upstream has answered with headers; nothing of the answer yet. First, exactly once. */
  | { type: 'response-started' }
  | { type: 'text-delta'; text: string }
  | { type: 'reasoning-delta'; text: string }
  /** `callId` is unique in this answer; who reads it makes it unique in the conversation. */
  | { type: 'tool-call-started'; callId: string; name: string }
  /** A piece of the JSON text of the input of the call that was started last with this id. */
  | { type: 'tool-call-delta'; callId: string; text: string }
  | { type: 'source'; sourceId: string; title: string; url?: string; excerpt?: string }
  /** A value for a renderer, whole. @see PROTOCOL.md §10 */
  | { type: 'data'; name: string; value: unknown }
  /** Last, exactly once, and only when the upstream itself gave a finish reason. */
  | {
      type: 'finished';
      reason: Extract<FinishReason, 'stop' | 'length' | 'tool' | 'blocked'>;
      usage?: Usage;
    };

export interface Provider {
  /** A word for logs and metrics: `openai`, `demo`. */
  readonly name: string;
  /**
   * Streams one answer. No retry, no timeout of its own: the run owns both. When `signal` aborts, the upstream request is
   * ended at once and the iteration ends or throws; the caller asks the signal which it was.
   * @throws {ChatError} upstream-rate-limited (with retryAfterMs), quota-exceeded, upstream-overloaded, upstream-failed,
   *   upstream-truncated (it ended without a finish reason), context-length, content-blocked. The upstream's own words are
   *   in `cause`, never in `message`.
   */
  stream(request: ProviderRequest, signal: AbortSignal): AsyncIterable<ProviderEvent>;
}
