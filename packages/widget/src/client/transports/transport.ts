/** SEAM: transports open connections to the gateway, one file each. The layer above uses a Channel and knows nothing about sockets. */
import type { Channel, ChannelClose, ChatError, ChatEvent, Command } from '@rivulet/protocol';

/** The client's end of a connection. An array of commands is sent as one frame. */
export type ClientChannel = Channel<Command | readonly Command[], ChatEvent>;

/** Is notified of frames that the client cannot use. */
export interface ConnectionObserver {
  /** A frame violated the protocol. The connection is closed with `UNREADABLE` after it. */
  unreadable(error: ChatError): void;
  /** So many events had a type that this client does not know, and were skipped. */
  ignored(count: number): void;
}

/** One way to reach the gateway. */
export interface Transport {
  /** For logs and tests. */
  readonly name: string;
  /**
   * Opens a connection. Commands may be sent at once and wait until it is established. A connection that cannot be established
   * closes with 1006. `close` settles `closed` at once, because a dead network does not answer.
   */
  open(observer: ConnectionObserver): ClientChannel;
}

/** How the client closes a connection on which it received an invalid frame. The code is not the gateway's, so the client reconnects with backoff. */
export const UNREADABLE: ChannelClose = { code: 1002, reason: 'bad-frame' };
/** A connection that ended without a close frame. */
export const ABNORMAL: ChannelClose = { code: 1006, reason: '' };
