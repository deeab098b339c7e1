/** SEAM: what answers. An adapter turns one request into a stream of provider events and knows no seq, socket or store. */
import type { FinishReason, Usage } from '@rivulet/protocol';

export interface ProviderMessage {
  role: 'system' | 'user' | 'assistant';
  text: string;
}

export interface ProviderRequest {
  /** Oldest first; the last is the visitor's. Already cut to the token budget. */
  messages: readonly ProviderMessage[];
  /** Overrides the provider's own model. */
  model?: string;
}

export type ProviderEvent =
  /** The upstream has answered with headers; nothing of the answer yet. First, exactly once. */
  | { type: 'response-started' }
  | { type: 'text-delta'; text: string }
  | { type: 'reasoning-delta'; text: string }
  | { type: 'tool-call-started'; callId: string; name: string }
  /** A piece of the JSON text of the input of the call that was started last with this id. */
  | { type: 'tool-call-delta'; callId: string; text: string }
  | { type: 'source'; sourceId: string; title: string; url?: string; excerpt?: string }
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
