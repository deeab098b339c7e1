/** One frame of events, encoded once for all its receivers. */
import { encodeFrame, type ChatEvent, type DeltaEvent } from '@rivulet/protocol';

/**
 * One event, or several that are sent together. An encoding is made at its first use and kept as long as the frame, so that the
 * viewers of a conversation share the bytes. The events must not be changed afterwards.
 */
export class Frame {
  /** In order; never empty. */
  readonly events: readonly ChatEvent[];
  #json: string | undefined;
  #webSocketMessage: Buffer | undefined;

  /** @param events in order, at least one */
  constructor(events: readonly ChatEvent[]) {
    this.events = events;
  }

  /** The text of the frame: one JSON object, or an array of several. */
  get json(): string {
    this.#json ??= encode(this.events);
    return this.#json;
  }

  /** A complete WebSocket message with its header, as a server sends it: text, unmasked, not fragmented. */
  get webSocketMessage(): Buffer {
    this.#webSocketMessage ??= webSocketMessageOf(this.json);
    return this.#webSocketMessage;
  }
}

function encode(events: readonly ChatEvent[]): string {
  const [first] = events;
  if (events.length !== 1 || first === undefined) return encodeFrame(events);
  return 'at' in first ? encodeDelta(first) : encodeFrame(first);
}

/** Almost all frames are single deltas. Only their text needs escaping; JSON.stringify of the whole object costs four times as much. */
function encodeDelta({ type, partId, at, text, seq, first }: DeltaEvent): string {
  const range = first === undefined ? '' : `"first":${first},`;
  return `{"type":"${type}","partId":"${partId}","at":${at},"text":${JSON.stringify(text)},${range}"seq":${seq}}`;
}

/** RFC 6455, section 5.2: the only fragment of a text message. */
const FINAL_TEXT = 0x81;

/** A text as a complete WebSocket message: the header and the text in one buffer, so that one write sends them. */
export function webSocketMessageOf(text: string): Buffer {
  const size = Buffer.byteLength(text);
  const headerSize = size < 126 ? 2 : size < 65_536 ? 4 : 10;
  const message = Buffer.allocUnsafe(headerSize + size);
  message[0] = FINAL_TEXT;
  if (size < 126) message[1] = size;
  else if (size < 65_536) {
    message[1] = 126;
    message.writeUInt16BE(size, 2);
  } else {
    message[1] = 127;
    message.writeBigUInt64BE(BigInt(size), 2);
  }
  message.write(text, headerSize);
  return message;
}
