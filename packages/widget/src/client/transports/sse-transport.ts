/** Server-sent events by streaming fetch: for networks that let no WebSocket through. */
import { CLOSE_CODES, decodeEvents } from '@rivulet/protocol';
import type { Environment } from '../environment/environment.ts';
import { BufferingDetector } from './buffering-detector.ts';
import { HttpConnection, type Reading } from './http-connection.ts';
import { SseParser } from './sse-parser.ts';
import { ABNORMAL, type ClientChannel, type ConnectionObserver, type Transport } from './transport.ts';

/** The gateway's first bytes are a comment, sent at once: later than this, something holds them back. */
const FIRST_BYTE_MS = 3_000;
/** Come back at once, by another transport. */
const BUFFERED = { code: CLOSE_CODES.rebalance, reason: 'buffered' };

type SseEnvironment = Pick<Environment, 'fetch' | 'clock'>;

/** @param unfit called before the close of a line whose stream does not flow. @throws {TypeError} when `gateway` is no absolute URL */
export function createSseTransport(
  gateway: string,
  environment: SseEnvironment,
  buffered: () => void = () => undefined,
): Transport {
  return {
    name: 'sse',
    open: (observer) => openConnection(gateway, environment, { observer, buffered }),
  };
}

function openConnection(
  gateway: string,
  environment: SseEnvironment,
  { observer, buffered }: { observer: ConnectionObserver; buffered: () => void },
): ClientChannel {
  const bursts = new BufferingDetector();
  const { clock } = environment;
  const closeBuffered = () => {
    buffered();
    connection.close(BUFFERED);
  };
  const read = async ({ ask, receive, signal }: Reading) => {
    const timer = clock.after(FIRST_BYTE_MS, () => {
      // A line that has flowed before is dead, not unfit.
      if (connection.isWelcome) connection.close(ABNORMAL);
      else closeBuffered();
    });
    signal.addEventListener('abort', () => {
      timer.cancel();
    });
    const response = await ask('/v1/sse');
    const parser = new SseParser();
    for await (const text of textsOf(response)) {
      timer.cancel();
      for (const frame of parser.push(text)) {
        receive(frame, 'catch-up');
        if (isTimed(frame) && bursts.see(decodeEvents(frame).items, clock.now())) closeBuffered();
      }
    }
  };
  const connection = new HttpConnection({ gateway, environment, observer, read });
  return connection;
}

/** Spares the many deltas a second reading. */
const isTimed = (frame: string): boolean => /"(?:serverTimeMs|startedAtMs|finishedAtMs)":/.test(frame);

async function* textsOf({ body }: Response): AsyncGenerator<string> {
  if (body === null) return;
  // By hand: not every browser iterates a stream, or pipes it through a decoder.
  const reader = body.getReader();
  const decoder = new TextDecoder();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield decoder.decode(value, { stream: true });
  }
}
