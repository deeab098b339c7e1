/** SEAM: a transport opens connections to the gateway. The client above it uses a Channel and knows nothing about sockets. */
import type { Channel, ChannelClose, ChatError, ChatEvent, Command } from '@rivulet/protocol';

/** The client's end of a connection. An array of commands is sent as one frame. */
export type ClientChannel = Channel<Command | readonly Command[], ChatEvent>;

/** Is notified of frames that the client cannot use. */
export interface ConnectionObserver {
  /** A frame violated the protocol. The connection is closed with `UNREADABLE` after it. */
  unreadable(error: ChatError): void;
  /** `count` events had a type that this client does not know. They were skipped. */
  ignored(count: number): void;
}

/** A way to connect to the gateway. Each attempt to connect is one call of `open`. */
export interface Transport {
  /** Names the transport in tests and debugging, such as `websocket`. */
  readonly name: string;
  /**
   * Opens a connection. Commands may be sent at once and wait until it is established. A connection that cannot be established
   * closes with 1006. `close` settles `closed` at once, because a dead network does not answer.
   */
  open(observer: ConnectionObserver): ClientChannel;
}

/** The close of a connection on which an invalid frame arrived. The client's own code, which no gateway sends: it reconnects with backoff. */
export const UNREADABLE: ChannelClose = { code: 3400, reason: 'bad-frame' };
/** The close of a connection that ended without a close frame, or was never established. */
export const ABNORMAL: ChannelClose = { code: 1006, reason: '' };
