/** Server-sent events over a streaming fetch, for networks that block WebSockets. */
import { CLOSE_CODES, decodeEvents } from '@rivulet/protocol';
import type { Environment } from '../environment/environment.ts';
import { BufferingDetector } from './buffering-detector.ts';
import { HttpConnection, type ReadContext } from './http-connection.ts';
import { SseParser } from './sse-parser.ts';
import { ABNORMAL, type ClientChannel, type ConnectionObserver, type Transport } from './transport.ts';

/** The gateway sends a comment at once (PROTOCOL.md §14.4). If nothing arrives within this time, a proxy holds the bytes back. */
const FIRST_BYTE_MS = 3_000;
/** The close of a buffered stream. After this code the client reconnects at once, with the next transport. */
const BUFFERED = { code: CLOSE_CODES.rebalance, reason: 'buffered' };

type SseEnvironment = Pick<Environment, 'fetch' | 'clock'>;

/**
 * Creates the SSE transport.
 * @param buffered called before a connection is closed because a proxy buffers its stream
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
  const detector = new BufferingDetector();
  const { clock } = environment;
  const closeBuffered = () => {
    buffered();
    connection.close(BUFFERED);
  };
  const read = async ({ request, receive, signal }: ReadContext) => {
    const timer = clock.after(FIRST_BYTE_MS, () => {
      // When events have arrived on this connection before, the network is lost and no proxy buffers.
      if (connection.isWelcomed) connection.close(ABNORMAL);
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
        if (isTimed(frame) && detector.add(decodeEvents(frame).items, clock.now())) closeBuffered();
      }
    }
  };
  const connection = new HttpConnection({ gateway, environment, observer, read });
  return connection;
}

/** Whether a frame has a gateway time. This saves decoding deltas, which are frequent and have none, a second time. */
const isTimed = (frame: string): boolean => /"(?:serverTimeMs|startedAtMs|finishedAtMs)":/.test(frame);

/** The text of the body, in the pieces in which it arrives. */
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
