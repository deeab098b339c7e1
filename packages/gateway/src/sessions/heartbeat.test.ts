import { createChannelPair } from '@rivulet/protocol/testing';
import { describe, expect, it } from 'vitest';
import { withHeartbeat } from './heartbeat.ts';
import { createFakeClock } from '../testing/fake-clock.ts';
import { Frame } from '../transports/frame.ts';
import type { Incoming } from '../transports/transport.ts';

function open() {
  const [client, gateway] = createChannelPair<Incoming, Frame>();
  const clock = createFakeClock();
  const channel = withHeartbeat(gateway, { clock, heartbeatMs: 25_000 });
  const received = client.receive()[Symbol.asyncIterator]();
  return { client, channel, clock, received };
}

describe('a channel with a heartbeat', () => {
  it('sends a pong after each silent interval', async () => {
    const { clock, received } = open();
    clock.advance(25_000);
    clock.advance(25_000);
    expect(await received.next()).toMatchObject({ value: { events: [{ type: 'pong' }] } });
    expect(await received.next()).toMatchObject({ value: { events: [{ type: 'pong' }] } });
  });

  it('sends no pong while events are sent', async () => {
    const { channel, clock, received } = open();
    for (let second = 0; second < 60; second += 1) {
      clock.advance(1_000);
      void channel.send(new Frame([{ type: 'draining', withinMs: second }]));
    }
    for (let second = 0; second < 60; second += 1) {
      expect(await received.next()).toMatchObject({ value: { events: [{ type: 'draining' }] } });
    }
  });

  it('keeps one timer, and cancels it when the channel closes', async () => {
    const { client, clock } = open();
    clock.advance(100_000);
    expect(clock.pending).toBe(1);
    client.close({ code: 1000, reason: '' });
    await client.closed;
    await Promise.resolve();
    expect(clock.pending).toBe(0);
  });
});
