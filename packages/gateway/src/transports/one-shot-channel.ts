/** One request with commands and one response with their results: the upstream direction of SSE and long-poll. */
import type { ServerResponse } from 'node:http';
import type { ChatEvent } from '@rivulet/protocol';
import { ANSWERED, ArrayAnswer } from './array-answer.ts';
import { Frame } from './frame.ts';
import { receiveOnce, type HttpResponseStreamOptions } from './http-response-stream.ts';
import type { GatewayChannel, Incoming } from './transport.ts';

/** Each item is answered by exactly one of these (PROTOCOL.md §9); other events are for subscribers and are not sent. */
const ANSWERS: ReadonlySet<ChatEvent['type']> = new Set(['welcome', 'accepted', 'rejected', 'pong']);

/** Creates the channel of one request. @param items a hello without subscriptions, then commands. @see PROTOCOL.md §14 */
export function createOneShotChannel(
  response: ServerResponse,
  items: readonly Incoming[],
  options: HttpResponseStreamOptions,
): GatewayChannel {
  const answer = new ArrayAnswer(response, options);
  let open = items.length;
  return {
    closed: answer.closed,
    receive: () => receiveOnce(items, answer.closed),
    send({ events }) {
      const answers = events.filter(({ type }) => ANSWERS.has(type));
      open -= answers.length;
      const added = answers.length === 0 ? undefined : answer.add(new Frame(answers));
      if (open <= 0) answer.end(ANSWERED);
      return added;
    },
    close: (close) => {
      answer.end(close);
    },
  };
}
