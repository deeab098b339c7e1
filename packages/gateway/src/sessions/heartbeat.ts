/** A line that says nothing for a while gives a sign of life, so that a client can tell a quiet gateway from a dead one. */
import type { Clock, Timer } from '../base/clock.ts';
import type { GatewayChannel } from '../transports/transport.ts';

export interface HeartbeatOptions {
  clock: Clock;
  /** The silence after which it beats. */
  heartbeatMs: number;
}

/** @returns the same channel, which beats from now on until it is closed. */
export function withHeartbeat(
  channel: GatewayChannel,
  { clock, heartbeatMs }: HeartbeatOptions,
): GatewayChannel {
  let lastSentMs = clock.now();
  let timer: Timer;
  const send: GatewayChannel['send'] = (item) => {
    lastSentMs = clock.now();
    return channel.send(item);
  };
  // One timer for the whole life of a line, not one for each frame.
  const arm = () => {
    const dueMs = Math.max(lastSentMs + heartbeatMs - clock.now(), 1);
    timer = clock.after(dueMs, () => {
      if (clock.now() - lastSentMs >= heartbeatMs) void send({ type: 'pong', serverTimeMs: clock.now() });
      arm();
    });
  };
  arm();
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
