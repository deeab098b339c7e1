/**
 * The SSE transport: a request carries a hello, and its response is a stream of frames. Other commands use their own requests.
 */
import type { ServerResponse } from 'node:http';
import { encodeSseBlock, isLogged, type ChatEvent, type CommandOf, type Position } from '@rivulet/protocol';
import { HttpResponseStream, receiveOnce, type HttpResponseStreamOptions } from './http-response-stream.ts';
import type { GatewayChannel } from './transport.ts';

/** Shorter than the idle timeout of common proxies, one minute. */
const COMMENT_EVERY_MS = 15_000;
const COMMENT = ':\n\n';

/** Creates the channel of one SSE request. @see PROTOCOL.md §14 */
export function createSseChannel(
  response: ServerResponse,
  hello: CommandOf<'hello'>,
  options: HttpResponseStreamOptions,
): GatewayChannel {
  const stream = createSseStream(
    response,
    hello.subscriptions.length === 1 ? 'one-conversation' : 'any-number',
    options,
  );
  return { ...stream, receive: () => receiveOnce([{ kind: 'command', command: hello }], stream.closed) };
}

/**
 * Creates the part of a channel that sends.
 * @param viewed only the events of one conversation have a position, from which a client resumes
 */
export function createSseStream(
  response: ServerResponse,
  viewed: 'one-conversation' | 'any-number',
  options: HttpResponseStreamOptions,
): Omit<GatewayChannel, 'receive'> {
  const stream = new HttpResponseStream(response, 'text/event-stream; charset=utf-8', options);
  // Sent at once, so that the client can detect a proxy that buffers responses.
  void stream.write(COMMENT);
  sendComments(stream, options);
  const positionAfter = viewed === 'one-conversation' ? createTracker() : () => undefined;
  return {
    closed: stream.closed,
    send: ({ json, events }) => stream.write(Buffer.from(encodeSseBlock(json, positionAfter(events.at(-1))))),
    close(close) {
      stream.end(close, encodeSseBlock(JSON.stringify({ type: 'close', ...close })));
    },
  };
}

/** Tracks the position after each event of the stream's only conversation. Logged events do not carry their epoch. */
function createTracker(): (event: ChatEvent | undefined) => Position | undefined {
  let epoch: string | undefined;
  return (event) => {
    if (event === undefined) return undefined;
    if (event.type === 'subscribed' || event.type === 'synced') epoch = event.epoch;
    if (event.type === 'synced') return { epoch: event.epoch, seq: event.seq };
    return isLogged(event) && epoch !== undefined ? { epoch, seq: event.seq } : undefined;
  };
}

function sendComments(stream: HttpResponseStream, { clock }: HttpResponseStreamOptions): void {
  const arm = () =>
    clock.after(COMMENT_EVERY_MS, () => {
      void stream.write(COMMENT);
      timer = arm();
    });
  let timer = arm();
  void stream.closed.then(() => {
    timer.cancel();
  });
}
