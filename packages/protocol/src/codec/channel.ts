/** Channel: one open line between a client and a gateway, whatever carries it. Both ends use it. */

/** How a channel ended. `code` is a WebSocket close code, also over other transports. */
export interface ChannelClose {
  code: number;
  reason: string;
}

export interface Channel<Send, Receive> {
  /**
   * Sends in order. Resolves when the line can take more: await it and a slow reader slows only its own sender. Never
   * rejects; on a closed channel it does nothing.
   */
  send(item: Send): Promise<void>;
  /** What came in, in order; ends when the channel closes. One reader. */
  receive(): AsyncIterable<Receive>;
  /** Ends the line; may be called twice. */
  close(close: ChannelClose): void;
  /** Resolves once, when the channel is closed, by whomever. */
  readonly closed: Promise<ChannelClose>;
}
