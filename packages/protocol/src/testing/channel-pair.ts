/** A connection in memory: each end receives what the other sends, in order, and never in the same call. */
import type { Channel, ChannelClose } from '../codec/channel.ts';
import { Inbox } from './inbox.ts';

/**
 * Creates a connection in memory. Closing either end closes both; what was sent before is still received.
 * @returns the end of the client and the end of the gateway
 */
export function createChannelPair<Command, Event>(): [Channel<Command, Event>, Channel<Event, Command>] {
  const commands = new Inbox<Command>();
  const events = new Inbox<Event>();
  let settle: (close: ChannelClose) => void;
  const closed = new Promise<ChannelClose>((resolve) => (settle = resolve));
  const close = (reason: ChannelClose) => {
    commands.end();
    events.end();
    settle(reason);
  };
  const end = <Send, Receive>(outgoing: Inbox<Send>, incoming: Inbox<Receive>): Channel<Send, Receive> => ({
    send: (item) => {
      outgoing.push(item);
      return Promise.resolve();
    },
    receive: () => incoming.read(),
    close,
    closed,
  });
  return [end(commands, events), end(events, commands)];
}
