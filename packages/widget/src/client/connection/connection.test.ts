import { CLOSE_CODES } from '@rivulet/protocol';
import { expect, test } from 'vitest';
import { settle } from '../testing/fake-environment.ts';
import { openChat } from '../testing/open-chat.ts';

test('without a welcome in 4 s the line is given up and tried again', async () => {
  const { chat, gateway, environment } = openChat();
  gateway.isUp = false;
  await environment.clock.advance(3999);
  expect(gateway.connections).toHaveLength(1);
  gateway.isUp = true;
  await environment.clock.advance(502);
  expect(gateway.connections).toHaveLength(2);
  expect(chat.snapshot.status).toBe('online');
});

test('a silent line is dead 10 s past the heartbeat; any event keeps it alive', async () => {
  const { gateway, environment } = openChat();
  await environment.clock.advance(30_000);
  gateway.connection.send({ type: 'pong', serverTimeMs: 0 });
  await environment.clock.advance(34_999);
  expect(gateway.connections).toHaveLength(1);
  await environment.clock.advance(1);
  expect(gateway.connections).toHaveLength(2);
});

test('a probe that is answered keeps the line; one that is not changes it after 2 s', async () => {
  const { chat, gateway, environment } = openChat();
  await settle();
  environment.emitSign('visible');
  await environment.clock.advance(2001);
  expect(gateway.ofType('ping')).toHaveLength(1);
  expect(gateway.connections).toHaveLength(1);
  gateway.isUp = false;
  environment.emitSign('visible');
  await environment.clock.advance(2000);
  gateway.isUp = true;
  await environment.clock.advance(5000);
  expect(chat.snapshot.status).toBe('online');
});

test('what the line before the newest still says is late and loses', async () => {
  const { chat, gateway, environment } = openChat();
  await settle();
  const former = gateway.connection;
  gateway.isUp = false;
  environment.emitSign('visible');
  await environment.clock.advance(1999);
  gateway.isUp = true;
  await environment.clock.advance(1);
  former.end({ code: CLOSE_CODES.unauthenticated, reason: '' });
  await chat.sendMessage('Hello');
  expect(chat.snapshot.status).toBe('online');
});

test('offline there is no attempt until the system is online again', async () => {
  const { chat, gateway, environment } = openChat();
  await settle();
  environment.emitSign('offline');
  await environment.clock.advance(120_000);
  expect(chat.snapshot.status).toBe('offline');
  expect(gateway.connections).toHaveLength(1);
  environment.emitSign('online');
  await settle();
  expect(chat.snapshot.status).toBe('online');
});

test('a draining gateway is left within the time it gave, without losing a message', async () => {
  const { chat, gateway, environment, texts } = openChat();
  await chat.sendMessage('Hello');
  gateway.connection.send({ type: 'draining', withinMs: 5000 });
  await environment.clock.advance(5000);
  expect(gateway.connections).toHaveLength(2);
  await chat.sendMessage('Again');
  await settle();
  expect(texts()).toEqual(['Hello', '', 'Again', '']);
});

test('a gateway that is away is tried less and less often, 20 s apart at most', async () => {
  const { gateway, environment } = openChat();
  gateway.nextFrameLimit = () => ({ frames: 0 });
  gateway.cut();
  await environment.clock.advance(600_000);
  // Full jitter halves the ceiling on average: 600 s / 10 s and the quick ones at first, far from a loop.
  expect(gateway.connections.length).toBeGreaterThan(30);
  expect(gateway.connections.length).toBeLessThan(120);
});
