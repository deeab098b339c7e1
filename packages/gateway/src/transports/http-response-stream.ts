/** A streamed HTTP response with backpressure: writers wait for a slow client, and the send buffer is bounded. */
import type { ServerResponse } from 'node:http';
import { CLOSE_CODES, type ChannelClose } from '@rivulet/protocol';
import type { Clock, Limits } from '../base/index.ts';
import type { Incoming } from './transport.ts';

/** Options of `HttpResponseStream`. */
export interface HttpResponseStreamOptions {
  clock: Clock;
  limits: Pick<Limits, 'pausedSocketBytes' | 'maxSocketBytes' | 'stuckSocketMs'>;
}

/** A connection whose client does not take the last bytes within this time is destroyed. */
const CLOSE_GRACE_MS = 2_000;
/** A connection that was lost without a close. */
const ABNORMAL: ChannelClose = { code: 1006, reason: '' };

/** The body of one response. Its headers are sent at once, so that the client knows that the gateway has answered. */
export class HttpResponseStream {
  /** Resolves when the response has ended or its connection is lost. */
  readonly closed: Promise<ChannelClose>;
  readonly #response: ServerResponse;
  readonly #options: HttpResponseStreamOptions;
  /** Writers that wait for the socket: at most one for each conversation that the session views. */
  readonly #waiting = new Set<() => void>();
  #isClosed = false;
  #settle: (close: ChannelClose) => void = () => undefined;

  constructor(response: ServerResponse, contentType: string, options: HttpResponseStreamOptions) {
    this.#response = response;
    this.#options = options;
    this.closed = new Promise((resolve) => (this.#settle = resolve));
    response.once('close', () => {
      this.#close(ABNORMAL);
    });
    // An error is always followed by `close`, which is what counts; without a listener it would end the process.
    response.on('error', () => undefined);
    response.writeHead(200, {
      'Content-Type': contentType,
      // `no-transform` keeps proxies from compressing and therefore buffering; X-Accel-Buffering is for nginx.
      'Cache-Control': 'no-store, no-transform',
      'X-Accel-Buffering': 'no',
    });
    response.flushHeaders();
  }

  /** Writes bytes. Undefined when the connection can take more, or is lost; otherwise resolves when that is the case. */
  write(bytes: Buffer | string): Promise<void> | undefined {
    const response = this.#response;
    const { pausedSocketBytes, maxSocketBytes } = this.#options.limits;
    if (this.#isClosed) return undefined;
    const waitingBytes = response.writableLength + bytes.length;
    if (waitingBytes > maxSocketBytes && response.writableLength > pausedSocketBytes) {
      this.#cut('too much is waiting for you');
      return undefined;
    }
    if (waitingBytes > pausedSocketBytes) return this.#writeAndWait(bytes);
    response.write(bytes);
    return undefined;
  }

  /** Writes `lastBytes` and ends the response. Only the first call has an effect. */
  end(close: ChannelClose, lastBytes: string): void {
    if (this.#isClosed) return;
    const response = this.#response;
    const timer = this.#options.clock.after(CLOSE_GRACE_MS, () => response.destroy());
    response.once('close', () => {
      timer.cancel();
    });
    response.end(lastBytes);
    this.#close(close);
  }

  #writeAndWait(bytes: Buffer | string): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.#options.clock.after(this.#options.limits.stuckSocketMs, () => {
        this.#cut('you did not read');
      });
      const done = () => {
        timer.cancel();
        this.#waiting.delete(done);
        resolve();
      };
      this.#waiting.add(done);
      this.#response.write(bytes, done);
    });
  }

  #cut(reason: string): void {
    this.#close({ code: CLOSE_CODES.slow, reason });
    this.#response.destroy();
  }

  #close(close: ChannelClose): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#settle(close);
    for (const done of this.#waiting) done();
  }
}

/** The `receive` of a channel whose commands all came with one request: yields them and then waits for the close. */
export async function* receiveOnce(
  items: readonly Incoming[],
  closed: Promise<unknown>,
): AsyncGenerator<Incoming> {
  yield* items;
  await closed;
}
