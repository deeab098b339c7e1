/** Sends a `pong` on a channel that has been silent for a while, so that a client can tell an idle gateway from a dead connection. */
import type { Clock, Timer } from '../base/index.ts';
import { Frame } from '../transports/frame.ts';
import type { GatewayChannel } from '../transports/transport.ts';

/** When a heartbeat is sent. */
export interface HeartbeatOptions {
  clock: Clock;
  /** Milliseconds without an event from the gateway after which a `pong` is sent. */
  heartbeatMs: number;
}

/**
 * Adds a heartbeat to a channel. It runs until the channel is closed.
 * @returns a channel to use instead of the given one: events sent past it do not count
 * @see PROTOCOL.md §13
 */
export function withHeartbeat(
  channel: GatewayChannel,
  { clock, heartbeatMs }: HeartbeatOptions,
): GatewayChannel {
  let lastSentMs = clock.now();
  let timer: Timer;
  const send: GatewayChannel['send'] = (frame) => {
    lastSentMs = clock.now();
    return channel.send(frame);
  };
  // One timer for the whole lifetime of the connection, not one for each frame.
  const schedule = () => {
    const dueMs = Math.max(lastSentMs + heartbeatMs - clock.now(), 1);
    timer = clock.after(dueMs, () => {
      if (clock.now() - lastSentMs >= heartbeatMs)
        void send(new Frame([{ type: 'pong', serverTimeMs: clock.now() }]));
      schedule();
    });
  };
  schedule();
  void channel.closed.then(() => {
    timer.cancel();
  });
  return {
    send,
    receive: () => channel.receive(),
    close: (how) => {
      channel.close(how);
    },
    closed: channel.closed,
  };
}
