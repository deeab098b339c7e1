/** A channel without a connection: sends one question and collects the complete reply, for callers that cannot stream. */
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

/** The answer to one question. */
export interface WholeReply {
  /** The answer, with a finished run. */
  message: Message;
  /** The visitor token that was minted for a caller without one. */
  token?: string;
}

/** The channel for a session, and the reply that it collects. */
export interface WholeReplyChannel {
  channel: GatewayChannel;
  /** Rejects with a ChatError when the question is refused or the channel closes before the end of the run. */
  reply: Promise<WholeReply>;
}

/** Creates the channel of one question. @param hello without subscriptions, because the question subscribes (PROTOCOL.md §8) */
export function createWholeReply(
  hello: CommandOf<'hello'>,
  question: CommandOf<'send-message'>,
): WholeReplyChannel {
  const reply = Promise.withResolvers<WholeReply>();
  const closed = Promise.withResolvers<ChannelClose>();
  const gather = createGatherer();
  const items = [hello, question].map((command) => ({ kind: 'command' as const, command }));
  const close = (how: ChannelClose) => {
    // No effect after the reply; otherwise the gateway is shutting down, or the caller has disconnected.
    reply.reject(new ChatError('draining'));
    closed.resolve(how);
  };
  const see = (event: ChatEvent) => {
    if (event.type === 'rejected') reply.reject(ChatError.fromBody(event.error));
    const isForPerson =
      event.type === 'accepted' && event.commandId === question.id && event.runId === undefined;
    if (isForPerson) reply.reject(answeredByPerson());
    const whole = gather(event);
    if (whole !== undefined) reply.resolve(whole);
    if (whole !== undefined || event.type === 'rejected' || isForPerson) close({ code: 1000, reason: '' });
  };
  return {
    reply: reply.promise,
    channel: {
      closed: closed.promise,
      receive: () => receiveOnce(items, closed.promise),
      send({ events }) {
        for (const event of events) see(event);
        return undefined;
      },
      close,
    },
  };
}

const answeredByPerson = () =>
  new ChatError('conflict', {
    message:
      'The message was stored. A person answers this conversation, so that there is no reply of the model.',
  });

/** @returns the reply at the event that completes it, undefined before. */
function createGatherer(): (event: ChatEvent) => WholeReply | undefined {
  let token: string | undefined;
  let runId: RunId | undefined;
  let pages: View | undefined;
  let view: View | undefined;
  return (event) => {
    if (event.type === 'welcome') token ??= event.token;
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
