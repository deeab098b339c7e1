/** The client's end of a connection, for tests of a transport: received events wait in a queue for their reader. */
import type { Channel, ChannelClose, ChatEvent, Command } from '@rivulet/protocol';
import { Inbox } from '@rivulet/protocol/testing';

/** The channel of a client, with the inputs that the test's connection feeds it. */
export interface ClientEnd {
  /** The channel, as a transport's contract uses it. */
  end: Channel<Command, ChatEvent>;
  /** Delivers received events to the channel. */
  deliver(events: readonly ChatEvent[]): void;
  /** Ends the channel because its connection has closed. Only the first call has an effect. */
  ended(close: ChannelClose): void;
}

/** Creates the client's end. @param send transmits one command @param disconnect closes the connection */
export function createClientEnd(
  send: (command: Command) => Promise<void> | void,
  disconnect: (close: ChannelClose) => void,
): ClientEnd {
  const inbox = new Inbox<ChatEvent>();
  const { promise: closed, resolve } = Promise.withResolvers<ChannelClose>();
  const ended = (close: ChannelClose) => {
    inbox.end();
    resolve(close);
  };
  return {
    deliver: (events) => {
      inbox.push(...events);
    },
    ended,
    end: {
      closed,
      receive: () => inbox.read(),
      async send(command) {
        await send(command);
      },
      close(close) {
        ended(close);
        disconnect(close);
      },
    },
  };
}
