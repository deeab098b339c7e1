/** A channel without a line: asks one question, gathers the reply, gives it once it is whole. For callers that cannot stream. */
import {
  ChatError,
  applyEvent,
  isLogged,
  joinSnapshot,
  type ChannelClose,
  type ChatEvent,
  type CommandOf,
  type Message,
  type RunId,
  type View,
} from '@rivulet/protocol';
import { receiveOnce } from './http-response-stream.ts';
import type { GatewayChannel } from './transport.ts';

export interface WholeReply {
  /** Its run is over. */
  message: Message;
  /** Minted for a caller that came without one. */
  token?: string;
}

export interface WholeReplyChannel {
  channel: GatewayChannel;
  /** Rejects with a ChatError when the question is refused or the channel closes before the end of the run. */
  reply: Promise<WholeReply>;
}

/** @param hello without subscriptions: the question brings its own (PROTOCOL.md §8). */
export function createWholeReply(
  hello: CommandOf<'hello'>,
  question: CommandOf<'send-message'>,
): WholeReplyChannel {
  const reply = Promise.withResolvers<WholeReply>();
  const closed = Promise.withResolvers<ChannelClose>();
  const gather = createGatherer();
  const items = [hello, question].map((command) => ({ kind: 'command' as const, command }));
  const close = (how: ChannelClose) => {
    // Only what was not settled yet is: the gateway leaves before the reply is whole, or the caller does.
    reply.reject(new ChatError('draining'));
    closed.resolve(how);
  };
  const see = (event: ChatEvent) => {
    if (event.type === 'rejected') reply.reject(ChatError.fromBody(event.error));
    const whole = gather(event);
    if (whole !== undefined) reply.resolve(whole);
    if (whole !== undefined || event.type === 'rejected') close({ code: 1000, reason: '' });
  };
  return {
    reply: reply.promise,
    channel: {
      closed: closed.promise,
      receive: () => receiveOnce(items, closed.promise),
      send(item) {
        for (const event of [item].flat()) see(event);
        return Promise.resolve();
      },
      close,
    },
  };
}

/** @returns the reply with the event that ends it. */
function createGatherer(): (event: ChatEvent) => WholeReply | undefined {
  let token: string | undefined;
  let runId: RunId | undefined;
  let pages: View | undefined;
  let view: View | undefined;
  return (event) => {
    if (event.type === 'welcome') token = event.token;
    else if (event.type === 'accepted') runId = event.runId;
    else if (event.type === 'snapshot') {
      pages = joinSnapshot(pages, event);
      if (event.isLast) view = pages;
    } else if (isLogged(event) && view !== undefined) {
      const applied = applyEvent(view, event);
      if (applied.kind === 'applied') view = applied.view;
    }
    if (event.type !== 'run-finished' && event.type !== 'synced') return undefined;
    const message = view?.conversation.messages.find(({ run }) => run !== undefined && run.id === runId);
    if (message?.run === undefined || message.run.state === 'running') return undefined;
    return { message, ...(token === undefined ? {} : { token }) };
  };
}
