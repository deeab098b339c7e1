/** The events of `<rivulet-chat>` and their details, added to the DOM's own types. */
import type {
  ConversationOwner,
  ErrorBody,
  ErrorCode,
  FinishReason,
  Message,
  MessageId,
  RunId,
} from '@rivulet/protocol';
import type { ChatStatus } from '../client/chat.ts';

/** The detail of each event. All of them bubble and are composed. */
export interface RivuletEventDetails {
  /** The element was connected. Methods may be called before. */
  'rivulet-ready': null;
  /** The panel opened. */
  'rivulet-open': null;
  /** The panel closed. */
  'rivulet-close': null;
  /** A message was accepted, or an answer is complete. */
  'rivulet-message': { message: Message };
  /** An answer started. */
  'rivulet-run-start': { runId: RunId; messageId: MessageId };
  /** An answer ended. `text` is its whole text, also when it was stopped; `error` says why it failed. */
  'rivulet-run-end': { runId: RunId; reason: FinishReason; text: string; error?: ErrorBody | undefined };
  /** Somebody else answers from now on: a person, nobody yet while it waits for one, or the model. Also when the visitor has left an address. */
  'rivulet-owner-change': { owner: ConversationOwner };
  /** A ChatError with its `code`. Without a code the application could not be loaded. */
  'rivulet-error': { error: Error & { code?: ErrorCode } };
  /** The connection status changed. */
  'rivulet-status': { status: ChatStatus };
  /** Milliseconds from the request of an answer to its first text. Only with `connection.hasTiming`. */
  'rivulet-first-delta': { runId: RunId; elapsedMs: number };
  /**
   * `paintMs`: milliseconds from the arrival of text to the frame that shows it. `deltas`: the number of such frames. Only
   * with `connection.hasTiming`.
   */
  'rivulet-timing': {
    runId: RunId;
    firstDeltaMs: number;
    deltas: number;
    paintMs: { p50: number; p95: number };
  };
}

/** The name of an event of the element. */
export type RivuletEventName = keyof RivuletEventDetails;

/** The events of the element by name. */
export type RivuletEventMap = {
  [Name in RivuletEventName]: CustomEvent<RivuletEventDetails[Name]>;
};

/** Dispatches an event on `target`; it bubbles and is composed. */
export function emit<Name extends RivuletEventName>(
  target: EventTarget,
  name: Name,
  detail: RivuletEventDetails[Name],
): void {
  target.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
}

declare global {
  // Declaration merging is how the DOM's types are extended.
  interface HTMLElementEventMap extends RivuletEventMap {} // eslint-disable-line @typescript-eslint/no-empty-object-type
}
