/** An HTTP response that is one JSON array of events, written as the events occur. */
import type { ServerResponse } from 'node:http';
import type { ChannelClose } from '@rivulet/protocol';
import type { Frame } from './frame.ts';
import { HttpResponseStream, type HttpResponseStreamOptions } from './http-response-stream.ts';

/** The close of a complete response. It does not end the session: the client sends its next request. */
export const ANSWERED: ChannelClose = { code: 1000, reason: '' };

/** A JSON array of events as the response of one request. */
export class ArrayAnswer {
  readonly #stream: HttpResponseStream;
  #isEmpty = true;

  /** Sends the headers and the opening bracket at once. */
  constructor(response: ServerResponse, options: HttpResponseStreamOptions) {
    this.#stream = new HttpResponseStream(response, 'application/json; charset=utf-8', options);
    void this.#stream.write('[');
  }

  /** Resolves when the response has ended or its connection is lost. */
  get closed(): Promise<ChannelClose> {
    return this.#stream.closed;
  }

  /** Adds the events of a frame as single items of the array. Resolves when the client can take more. */
  add(frame: Frame): Promise<void> | undefined {
    const items = frame.events.length > 1 ? frame.json.slice(1, -1) : frame.json;
    const comma = this.#isEmpty ? '' : ',\n';
    this.#isEmpty = false;
    return this.#stream.write(Buffer.from(comma + items));
  }

  /** Ends the array. A close other than `ANSWERED` becomes its last item. */
  end(close: ChannelClose): void {
    const comma = this.#isEmpty ? '' : ',\n';
    const last = close === ANSWERED ? '' : `${comma}${JSON.stringify({ type: 'close', ...close })}`;
    this.#stream.end(close, `${last}]`);
  }
}
