/** What `<rivulet-chat>` tells its page: the events and their details, known to the DOM's own types. */
import type { ErrorBody, ErrorCode, FinishReason, Message, MessageId, RunId } from '@rivulet/protocol';
import type { ChatStatus } from '../client/chat.ts';

/** The detail of each event. All of them bubble and are composed. */
export interface RivuletEventDetails {
  /** The element can be used; methods work before, too. */
  'rivulet-ready': null;
  'rivulet-open': null;
  'rivulet-close': null;
  /** A message was accepted or arrived whole. */
  'rivulet-message': { message: Message };
  'rivulet-run-start': { runId: RunId; messageId: MessageId };
  /** `text` is the whole answer, also of one that was stopped or cut; `error` says why it failed. */
  'rivulet-run-end': { runId: RunId; reason: FinishReason; text: string; error?: ErrorBody };
  /** A ChatError with its `code`; without one, the application itself could not be loaded. */
  'rivulet-error': { error: Error & { code?: ErrorCode } };
  'rivulet-status': { status: ChatStatus };
  /** From the moment in which an answer was asked for to its first words, in milliseconds. With `connection.hasTiming`. */
  'rivulet-first-delta': { runId: RunId; elapsedMs: number };
  /** `paintMs`: from the arrival of words to the frame that shows them; `deltas`: how many frames. With `connection.hasTiming`. */
  'rivulet-timing': {
    runId: RunId;
    firstDeltaMs: number;
    deltas: number;
    paintMs: { p50: number; p95: number };
  };
}

export type RivuletEventName = keyof RivuletEventDetails;

export type RivuletEventMap = {
  [Name in RivuletEventName]: CustomEvent<RivuletEventDetails[Name]>;
};

/** Dispatches one of them on `target`. */
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
