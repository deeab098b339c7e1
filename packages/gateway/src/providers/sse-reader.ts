/** Reads server-sent events from the bytes of a response body, wherever the network cuts them. */
import { createParser } from 'eventsource-parser';

/**
 * The longest event, in UTF-16 code units. The longest real ones carry a whole tool call or an image, a few megabytes. Without a
 * limit, a line or an event that never ends would fill the memory.
 */
export const SSE_EVENT_MAX_CHARS = 16 * 2 ** 20;

/** An event is longer than `SSE_EVENT_MAX_CHARS`. */
export class SseEventTooLongError extends Error {
  override readonly name = 'SseEventTooLongError';
}

/** Reads one body. */
export interface SseReader {
  /**
   * Reads the next bytes. The listener is called for each event that they complete.
   * @throws {SseEventTooLongError} when an event is too long
   * @throws what the listener throws; the reader must not be used afterwards
   */
  push(bytes: Uint8Array): void;
  /**
   * Reads the end of the body. An event without its empty line is delivered: some servers omit the line after the last event.
   * @throws as `push`
   */
  end(): void;
}

/**
 * Creates a reader for one body.
 * @param onEvent receives the data of an event, its lines joined by line feeds, and the event's name (empty without an `event:`
 *   field). It is not called for events without data: they keep the connection alive.
 */
export function createSseReader(onEvent: (data: string, name: string) => void): SseReader {
  const decoder = new TextDecoder();
  const parser = createParser({
    maxBufferSize: SSE_EVENT_MAX_CHARS,
    onEvent: ({ data, event = '' }) => {
      if (data !== '') onEvent(data, event);
    },
    // Unknown fields are ignored, as the specification says.
    onError: ({ type, message }) => {
      if (type === 'max-buffer-size-exceeded') throw new SseEventTooLongError(message);
    },
  });
  return {
    push: (bytes) => {
      parser.feed(decoder.decode(bytes, { stream: true }));
    },
    end: () => {
      parser.feed(`${decoder.decode()}\n\n`);
    },
  };
}
