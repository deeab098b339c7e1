/** Server-sent events: the hello of one request up, a stream of frames down. Other commands come by requests of their own. */
import type { ServerResponse } from 'node:http';
import { isLogged, type ChatEvent, type CommandOf, type Position } from '@rivulet/protocol';
import { encodeOnce } from './encode-once.ts';
import { HttpResponseStream, receiveOnce, type HttpResponseStreamOptions } from './http-response-stream.ts';
import type { GatewayChannel } from './transport.ts';

/** Less than the minute after which proxies call a line dead. */
const COMMENT_EVERY_MS = 15_000;
const COMMENT = ':\n\n';

/** @see PROTOCOL.md §14 */
export function createSseChannel(
  response: ServerResponse,
  hello: CommandOf<'hello'>,
  options: HttpResponseStreamOptions,
): GatewayChannel {
  const line = new HttpResponseStream(response, 'text/event-stream; charset=utf-8', options);
  // Something that gathers whole answers shows itself by what does not come at once.
  void line.write(COMMENT);
  comment(line, options);
  const positionAfter = hello.subscriptions.length === 1 ? createTracker() : () => undefined;
  return {
    closed: line.closed,
    receive: () => receiveOnce([{ kind: 'command', command: hello }], line.closed),
    send(item) {
      const position = positionAfter(lastOf(item));
      const id = position === undefined ? '' : `id: ${position.epoch}.${position.seq}\n`;
      return line.write(Buffer.concat([Buffer.from(`${id}data: `), encodeOnce(item), BLOCK_END]));
    },
    close(close) {
      line.end(close, `data: ${JSON.stringify({ type: 'close', ...close })}\n\n`);
    },
  };
}

const BLOCK_END = Buffer.from('\n\n');

const lastOf = (item: ChatEvent | readonly ChatEvent[]): ChatEvent | undefined => [item].flat().at(-1);

/** Where a viewer of the stream's only conversation is after an event: an event of the log does not name its epoch. */
function createTracker(): (event: ChatEvent | undefined) => Position | undefined {
  let epoch: string | undefined;
  return (event) => {
    if (event === undefined) return undefined;
    if (event.type === 'subscribed' || event.type === 'synced') epoch = event.epoch;
    if (event.type === 'synced') return { epoch: event.epoch, seq: event.seq };
    return isLogged(event) && epoch !== undefined ? { epoch, seq: event.seq } : undefined;
  };
}

function comment(line: HttpResponseStream, { clock }: HttpResponseStreamOptions): void {
  const arm = () =>
    clock.after(COMMENT_EVERY_MS, () => {
      void line.write(COMMENT);
      timer = arm();
    });
  let timer = arm();
  void line.closed.then(() => {
    timer.cancel();
  });
}
