/** Channel: one open connection between a client and a gateway, over any transport. Both ends use it. @see PROTOCOL.md §14 */

/** How a channel ended. `code` is a WebSocket close code, also over other transports. */
export interface ChannelClose {
  code: number;
  reason: string;
}

/** One end of an open connection: sends items of one type and receives items of another. */
export interface Channel<Send, Receive> {
  /**
   * Sends in order. Resolves when the connection can take more, so that awaiting it slows only the sender of a slow reader.
   * Never rejects; on a closed channel it does nothing.
   */
  send(item: Send): Promise<void>;
  /** What came in, in order; ends when the channel closes. It has one reader. */
  receive(): AsyncIterable<Receive>;
  /** Closes the connection; may be called twice. */
  close(close: ChannelClose): void;
  /** Resolves once, when either side has closed the channel. */
  readonly closed: Promise<ChannelClose>;
}
