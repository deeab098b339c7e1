/** The long-poll transport: each request carries a hello, and its response is an array of events, which waits until there are any. */
import type { ServerResponse } from 'node:http';
import type { ChatEvent, CommandOf } from '@rivulet/protocol';
import { ANSWERED, ArrayAnswer } from './array-answer.ts';
import { receiveOnce, type HttpResponseStreamOptions } from './http-response-stream.ts';
import type { GatewayChannel } from './transport.ts';

/** Options of `createLongPollChannel`. */
export interface LongPollOptions extends HttpResponseStreamOptions {
  /** How long a response waits for events, in milliseconds; 0: not at all. */
  waitMs: number;
}

/** Events that every response has, also one without news. */
const NO_NEWS: ReadonlySet<ChatEvent['type']> = new Set(['welcome', 'subscribed', 'synced', 'pong']);

/** Creates the channel of one long-poll request. @see PROTOCOL.md §14 */
export function createLongPollChannel(
  response: ServerResponse,
  hello: CommandOf<'hello'>,
  options: LongPollOptions,
): GatewayChannel {
  const answer = new ArrayAnswer(response, options);
  const catchUp = watchCatchUp(hello);
  let isDue = options.waitMs === 0;
  let isEnding = false;
  const endWhenReady = () => {
    if (isEnding || !catchUp.isDone || !(isDue || catchUp.hasNews)) return;
    isEnding = true;
    // Events that are sent in this event-loop iteration are still added.
    setImmediate(() => {
      answer.end(ANSWERED);
    });
  };
  const timer = options.clock.after(options.waitMs, () => {
    isDue = true;
    endWhenReady();
  });
  void answer.closed.then(() => {
    timer.cancel();
  });
  return {
    closed: answer.closed,
    receive: () => receiveOnce([{ kind: 'command', command: hello }], answer.closed),
    send(frame) {
      const sent = answer.add(frame);
      for (const event of frame.events) catchUp.see(event);
      endWhenReady();
      return sent;
    },
    close: (close) => {
      answer.end(close);
    },
  };
}

/** Done when the hello is answered and each subscription is synced or refused, so that no replay or snapshot is cut in two. */
function watchCatchUp({ id, subscriptions }: CommandOf<'hello'>) {
  let open = new Set(subscriptions.map(({ conversationId }) => conversationId)).size;
  let isWelcome = false;
  let hasNews = false;
  return {
    get isDone() {
      return isWelcome && open <= 0;
    },
    get hasNews() {
      return hasNews;
    },
    see(event: ChatEvent): void {
      if (event.type === 'welcome') isWelcome = true;
      if (event.type === 'synced' || (event.type === 'rejected' && event.commandId === id)) open -= 1;
      hasNews ||= !NO_NEWS.has(event.type);
    },
  };
}
