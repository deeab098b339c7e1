/** Long-poll: one hello up, one array of events down; an answer without news waits for some. */
import type { ServerResponse } from 'node:http';
import type { ChatEvent, CommandOf } from '@rivulet/protocol';
import { ANSWERED, ArrayAnswer } from './array-answer.ts';
import { receiveOnce, type HttpResponseStreamOptions } from './http-response-stream.ts';
import type { GatewayChannel } from './transport.ts';

export interface LongPollOptions extends HttpResponseStreamOptions {
  /** How long an answer may wait for news; 0: not at all. */
  waitMs: number;
}

/** What every answer has, also the one that brings nothing. */
const NO_NEWS: ReadonlySet<ChatEvent['type']> = new Set(['welcome', 'subscribed', 'synced', 'pong']);

/** @see PROTOCOL.md §14 */
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
    // What is said in this turn of the loop still goes along.
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
    send(item) {
      const sent = answer.add(item);
      for (const event of [item].flat()) catchUp.see(event);
      endWhenReady();
      return sent;
    },
    close: (close) => {
      answer.end(close);
    },
  };
}

/** Done when the hello is answered and each of its subscriptions is synced or refused: never part of a replay or snapshot. */
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
