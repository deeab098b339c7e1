/** The way down over plain HTTP: an answer written piece by piece, a slow reader waited for, never queued without bound. */
import type { ServerResponse } from 'node:http';
import { CLOSE_CODES, type ChannelClose } from '@rivulet/protocol';
import type { Clock } from '../base/clock.ts';
import type { Limits } from '../base/limits.ts';
import type { Incoming } from './transport.ts';

export interface HttpResponseStreamOptions {
  clock: Clock;
  limits: Pick<Limits, 'pausedSocketBytes' | 'maxSocketBytes' | 'stuckSocketMs'>;
}

/** A peer that does not take the last bytes is cut. */
const CLOSE_GRACE_MS = 2_000;
/** A line that ended without a word. */
const ABNORMAL: ChannelClose = { code: 1006, reason: '' };

/** Bytes out, in order. The headers go at once, so that the caller sees that somebody answers. */
export class HttpResponseStream {
  readonly closed: Promise<ChannelClose>;
  readonly #response: ServerResponse;
  readonly #options: HttpResponseStreamOptions;
  /** Writers that wait for the socket; as many as one session has viewers. */
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
      // `no-transform` keeps proxies from compressing, and so from gathering; the other word is nginx'.
      'Cache-Control': 'no-cache, no-transform',
      'X-Accel-Buffering': 'no',
    });
    response.flushHeaders();
  }

  /** Resolves when the line can take more, or is gone. */
  write(bytes: Buffer | string): Promise<void> {
    const response = this.#response;
    const { pausedSocketBytes, maxSocketBytes } = this.#options.limits;
    if (this.#isClosed) return Promise.resolve();
    const waitingBytes = response.writableLength + bytes.length;
    if (waitingBytes > maxSocketBytes && response.writableLength > pausedSocketBytes) {
      this.#cut('too much is waiting for you');
      return Promise.resolve();
    }
    if (waitingBytes > pausedSocketBytes) return this.#writeAndWait(bytes);
    response.write(bytes);
    return Promise.resolve();
  }

  /** Writes `lastBytes` and ends; the first call counts. */
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

/** The commands of one request: all there is to receive, until the line closes. */
export async function* receiveOnce(
  items: readonly Incoming[],
  closed: Promise<unknown>,
): AsyncGenerator<Incoming> {
  yield* items;
  await closed;
}
