/** Server-sent events over a streaming fetch: for networks that let no WebSocket through. */
import { CLOSE_CODES, decodeEvents } from '@rivulet/protocol';
import type { Environment } from '../environment/environment.ts';
import { BufferingDetector } from './buffering-detector.ts';
import { HttpConnection, type Reading } from './http-connection.ts';
import { SseParser } from './sse-parser.ts';
import { ABNORMAL, type ClientChannel, type ConnectionObserver, type Transport } from './transport.ts';

/** The gateway sends a comment at once. When it does not arrive within this time, something holds the bytes back. */
const FIRST_BYTE_MS = 3_000;
/** Closes the connection so that the client reconnects at once, with another transport. */
const BUFFERED = { code: CLOSE_CODES.rebalance, reason: 'buffered' };

type SseEnvironment = Pick<Environment, 'fetch' | 'clock'>;

/**
 * Creates the transport.
 * @param buffered called before a connection is closed because its stream is buffered on the way
 * @throws {TypeError} when `gateway` is not an absolute URL
 */
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
  const read = async ({ request, receive, signal }: Reading) => {
    const timer = clock.after(FIRST_BYTE_MS, () => {
      // A connection on which events have flowed before is lost, not buffered.
      if (connection.isWelcome) connection.close(ABNORMAL);
      else closeBuffered();
    });
    signal.addEventListener('abort', () => {
      timer.cancel();
    });
    const response = await request('/v1/sse');
    const parser = new SseParser();
    for await (const text of textsOf(response)) {
      timer.cancel();
      for (const frame of parser.push(text)) {
        receive(frame, 'catch-up');
        if (isTimed(frame) && bursts.add(decodeEvents(frame).items, clock.now())) closeBuffered();
      }
    }
  };
  const connection = new HttpConnection({ gateway, environment, observer, read });
  return connection;
}

/** Whether a frame says when it was sent. Deltas, which are frequent, do not, and need not be parsed twice. */
const isTimed = (frame: string): boolean => /"(?:serverTimeMs|startedAtMs|finishedAtMs)":/.test(frame);

async function* textsOf({ body }: Response): AsyncGenerator<string> {
  if (body === null) return;
  // Not every browser supports `for await` over a stream, or TextDecoderStream.
  const reader = body.getReader();
  const decoder = new TextDecoder();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield decoder.decode(value, { stream: true });
  }
}
