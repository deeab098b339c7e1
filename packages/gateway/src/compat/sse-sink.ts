/** Chunks of JSON as server-sent events of one response, as the clients of other protocols read them. */
import type { Response } from 'express';
import { HttpResponseStream, type HttpResponseStreamOptions } from '../transports/http-response-stream.ts';

/** What a sink needs. */
export interface SseSinkOptions extends HttpResponseStreamOptions {
  /** Headers beside those of every stream. */
  headers?: Readonly<Record<string, string>>;
  /** What is written after the last chunk. Default: nothing. */
  last?: string;
}

/** The body of one response: each chunk is the data of an event. */
export class SseSink {
  readonly #stream: HttpResponseStream;
  readonly #response: Response;
  readonly #last: string;

  /** Sends the headers at once. */
  constructor(response: Response, { headers = {}, last = '', ...options }: SseSinkOptions) {
    response.set(headers);
    this.#response = response;
    this.#last = last;
    this.#stream = new HttpResponseStream(response, 'text/event-stream; charset=utf-8', options);
  }

  /** Writes chunks in order. Undefined when the connection can take more; otherwise resolves when it can. */
  write(chunks: readonly object[]): Promise<void> | undefined {
    return this.#stream.write(
      Buffer.from(chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join('')),
    );
  }

  /** Writes a comment, so that no proxy takes the connection for dead. */
  keepAlive(): void {
    void this.#stream.write(':\n\n');
  }

  /** Ends the response. */
  end(): void {
    this.#stream.end({ code: 1000, reason: '' }, this.#last);
  }

  /** Cuts the connection: the client must not take what it has for complete. */
  cut(): void {
    this.#response.destroy();
  }
}
