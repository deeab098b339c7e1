/** SEAM: one file a transport. It opens a line to the gateway; the connection above it knows a Channel and nothing of sockets. */
import type { Channel, ChannelClose, ChatError, ChatEvent, Command } from '@rivulet/protocol';

/** The client's end. Commands of one array go out as one frame. */
export type ClientChannel = Channel<Command | readonly Command[], ChatEvent>;

export interface ConnectionObserver {
  /** A frame that is not of the protocol; the line is closed with UNREADABLE after it. */
  unreadable(error: ChatError): void;
  /** Events of types that this client does not know yet, passed over. */
  ignored(count: number): void;
}

export interface Transport {
  readonly name: string;
  /**
   * The line may be sent on at once, before it is up. One that never comes up closes, with 1006. Closing it settles `closed`
   * at once: a dead network does not answer a goodbye.
   */
  open(observer: ConnectionObserver): ClientChannel;
}

/** How a client sees its own end of a line that spoke nonsense: outside the table, so it comes back with backoff. */
export const UNREADABLE: ChannelClose = { code: 1002, reason: 'bad-frame' };
/** A line that ended without a word. */
export const ABNORMAL: ChannelClose = { code: 1006, reason: '' };
