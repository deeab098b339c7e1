/** One JSON array of events as the answer of a request, written as they come. */
import type { ServerResponse } from 'node:http';
import type { ChannelClose, ChatEvent } from '@rivulet/protocol';
import { encodeOnce } from './encode-once.ts';
import { HttpResponseStream, type HttpResponseStreamOptions } from './http-response-stream.ts';

/** The end of an answer that is no end of the line: the client asks again. */
export const ANSWERED: ChannelClose = { code: 1000, reason: '' };

export class ArrayAnswer {
  readonly #line: HttpResponseStream;
  #isEmpty = true;

  constructor(response: ServerResponse, options: HttpResponseStreamOptions) {
    this.#line = new HttpResponseStream(response, 'application/json; charset=utf-8', options);
    void this.#line.write('[');
  }

  get closed(): Promise<ChannelClose> {
    return this.#line.closed;
  }

  /** The items of a frame stand in the answer one by one. */
  add(item: ChatEvent | readonly ChatEvent[]): Promise<void> {
    const frame = encodeOnce(item);
    const items = frame[0] === OPENING_BRACKET ? frame.subarray(1, -1) : frame;
    const comma = this.#isEmpty ? '' : ',\n';
    this.#isEmpty = false;
    return this.#line.write(Buffer.concat([Buffer.from(comma), items]));
  }

  /** A close other than ANSWERED is told as the last item. */
  end(close: ChannelClose): void {
    const comma = this.#isEmpty ? '' : ',\n';
    const last = close === ANSWERED ? '' : `${comma}${JSON.stringify({ type: 'close', ...close })}`;
    this.#line.end(close, `${last}]`);
  }
}

const OPENING_BRACKET = 0x5b;
