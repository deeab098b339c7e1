import { textOf } from '@rivulet/protocol';
import { expect, test } from 'vitest';
import { createChatClient } from './chat-client.ts';
import type { ChatEvents } from './chat.ts';
import { FakeEnvironment, FakeStorage, settle } from './testing/fake-environment.ts';
import { FakeGateway } from './testing/fake-gateway.ts';

function open({ gateway = new FakeGateway(), environment = new FakeEnvironment() } = {}) {
  const chat = createChatClient({
    gateway: 'https://chat.test',
    site: 'demo',
    environment,
    transport: gateway,
  });
  const told: [keyof ChatEvents, unknown][] = [];
  for (const name of ['status', 'message', 'run-start', 'run-end', 'error'] as const)
    chat.on(name, (detail) => told.push([name, detail]));
  chat.connect();
  return { chat, gateway, environment, told };
}

const texts = ({ chat }: ReturnType<typeof open>) => chat.snapshot.conversation.messages.map(textOf);

test('a message is sent, accepted, answered and shown', async () => {
  const line = open();
  await line.chat.sendMessage('Hello');
  await settle();
  line.gateway.onlyLog.write('Good ');
  line.gateway.onlyLog.write('day.');
  line.gateway.onlyLog.finish('stop');
  await settle();
  expect(texts(line)).toEqual(['Hello', 'Good day.']);
  expect(line.chat.snapshot).toMatchObject({ pending: [], isAnswering: false, status: 'online' });
  expect(line.told.map(([name]) => name)).toEqual([
    'status',
    'status',
    'message',
    'run-start',
    'message',
    'run-end',
  ]);
  expect(line.environment.reported).toEqual([]);
});

test('a stored conversation is there again after a reload', async () => {
  const storage = new FakeStorage();
  const first = open({ environment: new FakeEnvironment(storage) });
  await first.chat.sendMessage('Hello');
  await settle();
  first.gateway.onlyLog.write('Good day.');
  first.chat.close();
  const second = open({ gateway: first.gateway, environment: new FakeEnvironment(storage, 2) });
  expect(second.chat.snapshot.isLoading).toBe(true);
  await settle();
  expect(texts(second)).toEqual(['Hello', 'Good day.']);
  expect(second.chat.snapshot).toMatchObject({ isLoading: false, isAnswering: true });
});

test('stop ends the running answer and keeps its text', async () => {
  const line = open();
  await line.chat.sendMessage('Hello');
  await settle();
  line.gateway.onlyLog.write('Once upon');
  await line.chat.stop();
  await settle();
  expect(texts(line)).toEqual(['Hello', 'Once upon']);
  expect(line.told.at(-1)).toEqual([
    'run-end',
    expect.objectContaining({ reason: 'aborted', text: 'Once upon' }),
  ]);
});

test('after a cut the answer goes on from the cursor', async () => {
  const line = open();
  await line.chat.sendMessage('Hello');
  await settle();
  line.gateway.onlyLog.write('Once ');
  await settle();
  line.gateway.cut();
  await settle();
  expect(line.chat.snapshot.status).toBe('reconnecting');
  line.gateway.onlyLog.write('upon a time');
  line.gateway.onlyLog.finish('stop');
  await line.environment.clock.advance(1000);
  expect(texts(line)).toEqual(['Hello', 'Once upon a time']);
  expect(line.gateway.ofType('hello')[1]?.subscriptions[0]?.cursor).toEqual({ epoch: 'e1', seq: 4 });
  expect(line.told.filter(([name]) => name === 'run-end')).toHaveLength(1);
});
