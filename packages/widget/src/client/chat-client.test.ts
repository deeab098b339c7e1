import { ChatError, CLOSE_CODES } from '@rivulet/protocol';
import { expect, test } from 'vitest';
import { settle } from './testing/fake-environment.ts';
import { UNREADABLE } from './transports/transport.ts';
import { openChat, type OpenChat } from './testing/open-chat.ts';

/** A chat with one question that is being answered. */
async function asked(text = 'Hello'): Promise<OpenChat> {
  const open = openChat();
  await open.chat.sendMessage(text);
  await settle();
  return open;
}

test('a message is sent, accepted, answered and shown', async () => {
  const { chat, gateway, environment, texts, reported } = await asked();
  gateway.onlyLog.write('Good ');
  gateway.onlyLog.write('day.');
  gateway.onlyLog.finish('stop');
  await settle();
  expect(texts()).toEqual(['Hello', 'Good day.']);
  expect(chat.snapshot).toMatchObject({ pending: [], isAnswering: false, status: 'online' });
  expect(reported.map(([name]) => name)).toEqual([
    'status',
    'status',
    'message',
    'run-start',
    'message',
    'run-end',
  ]);
  expect(environment.reported).toEqual([]);
});

test('a snapshot that nothing changed is the same object, and what did not change keeps its reference', async () => {
  const { chat, gateway } = await asked();
  const before = chat.snapshot;
  expect(chat.snapshot).toBe(before);
  gateway.onlyLog.write('More');
  await settle();
  expect(chat.snapshot.conversation.messages[0]).toBe(before.conversation.messages[0]);
  expect(chat.snapshot.pending).toBe(before.pending);
});

test('many deltas between two frames are one notification', async () => {
  const { chat, gateway, environment } = await asked();
  const frames: (() => void)[] = [];
  environment.frame = (callback) => frames.push(callback);
  const seen: string[] = [];
  chat.subscribe(({ conversation }) => seen.push(JSON.stringify(conversation.messages[1]?.parts)));
  for (const word of ['a', 'b', 'c', 'd']) gateway.onlyLog.write(word);
  await settle();
  expect(seen).toEqual([]);
  for (const frame of frames) frame();
  expect(seen).toEqual([expect.stringContaining('abcd')]);
});

test('a subscription that is refused for now is asked for again on the next line', async () => {
  const { chat, gateway, environment, texts, received } = await asked();
  gateway.cut();
  gateway.onlyLog.write('Good day.');
  await environment.clock.advance(1000);
  gateway.connection.send({
    type: 'rejected',
    commandId: gateway.ofType('hello')[1]!.id,
    error: new ChatError('internal').toBody(),
  });
  await settle();
  expect(chat.snapshot.status).toBe('reconnecting');
  await environment.clock.advance(2000);
  expect(received('error').map(({ error }) => error.code)).toEqual(['internal']);
  expect(texts()).toEqual(['Hello', 'Good day.']);
});

test('a listener that throws is reported and does not stop the others', async () => {
  const { chat, gateway, environment, texts } = await asked();
  const mistake = new Error('of the site');
  chat.subscribe(() => {
    throw mistake;
  });
  gateway.onlyLog.write('Good day.');
  await settle();
  expect(environment.reported).toContain(mistake);
  expect(texts()).toEqual(['Hello', 'Good day.']);
});

test('a sender whom the gateway does not subscribe by itself asks for it', async () => {
  const open = openChat();
  open.gateway.senders = 'must-subscribe';
  await open.chat.sendMessage('Hello');
  await open.environment.clock.advance(1000);
  expect(open.gateway.ofType('subscribe')).toHaveLength(1);
  expect(open.texts()).toEqual(['Hello', '']);
});

test('stop ends the running answer and keeps its text', async () => {
  const { chat, gateway, texts, received } = await asked();
  gateway.onlyLog.write('Once upon');
  await chat.stop();
  await settle();
  expect(texts()).toEqual(['Hello', 'Once upon']);
  expect(received('run-end')).toEqual([expect.objectContaining({ reason: 'aborted', text: 'Once upon' })]);
  expect(chat.snapshot.isAnswering).toBe(false);
});

test('stop takes back a message that was never sent', async () => {
  const { chat, gateway } = openChat();
  gateway.isUp = false;
  const sending = chat.sendMessage('Hello');
  await settle();
  await chat.stop();
  await expect(sending).rejects.toMatchObject({ code: 'interrupted' });
  expect(chat.snapshot).toMatchObject({ pending: [], isAnswering: false });
});

test('stop of a message that is on its way waits until it arrived, then aborts its run', async () => {
  const { chat, gateway, environment, received } = openChat();
  await settle();
  const sending = chat.sendMessage('Hello');
  gateway.cut();
  const stopping = chat.stop();
  await environment.clock.advance(1000);
  await Promise.all([sending, stopping]);
  await settle();
  expect(received('run-end')).toEqual([expect.objectContaining({ reason: 'aborted' })]);
});

test('stop while the line is down aborts as soon as it is up again', async () => {
  const { chat, gateway, environment, received } = await asked();
  gateway.cut();
  await settle();
  const stopping = chat.stop();
  await environment.clock.advance(1000);
  await stopping;
  expect(received('run-end')).toEqual([expect.objectContaining({ reason: 'aborted' })]);
});

test('after a cut the answer goes on from the cursor', async () => {
  const { chat, gateway, environment, texts, received } = await asked();
  gateway.onlyLog.write('Once ');
  await settle();
  gateway.cut();
  await settle();
  expect(chat.snapshot.status).toBe('reconnecting');
  gateway.onlyLog.write('upon a time');
  gateway.onlyLog.finish('stop');
  await environment.clock.advance(1000);
  expect(texts()).toEqual(['Hello', 'Once upon a time']);
  expect(gateway.ofType('hello')[1]?.subscriptions[0]?.cursor).toEqual({ epoch: 'e1', seq: 4 });
  expect(received('run-end')).toHaveLength(1);
});

test('the old state stays on screen until a new snapshot is whole, and the end of the run in it is told once', async () => {
  const { chat, gateway, environment, texts, received } = await asked();
  const log = gateway.onlyLog;
  log.write('Once');
  await settle();
  gateway.messagesPerPage = 1;
  gateway.nextFrameLimit = () => ({ frames: 5 }); // hello, welcome, subscribed, reset, page 0
  gateway.cut();
  log.finish('stop');
  log.epoch = 'e2';
  await environment.clock.advance(400);
  expect(texts()).toEqual(['Hello', 'Once']);
  expect(chat.snapshot).toMatchObject({ isLoading: false, isAnswering: true });
  gateway.nextFrameLimit = () => ({ frames: Infinity });
  gateway.cut();
  await environment.clock.advance(2000);
  expect(chat.snapshot.isAnswering).toBe(false);
  expect(received('run-end')).toHaveLength(1);
});

test('an event that is missing makes the client resume from its cursor', async () => {
  const { gateway, texts } = await asked();
  gateway.connection.losses = 1;
  for (const word of ['one ', 'two ', 'three']) gateway.onlyLog.write(word);
  await settle();
  expect(texts()).toEqual(['Hello', 'one two three']);
  expect(gateway.ofType('subscribe')).toHaveLength(1);
});

test('a delta of a conversation that was left does not move the position of this one', async () => {
  const { chat, gateway, environment, texts } = await asked('first');
  const left = gateway.onlyLog;
  chat.newConversation();
  await chat.sendMessage('second');
  await settle();
  left.write('late');
  const connection = gateway.connection;
  for (const event of left.events) connection.send(event);
  await settle();
  expect(texts()).toEqual(['second', '']);
  expect(environment.reported).toEqual([]);
});

test('regenerate keeps the first answer and begins another', async () => {
  const { chat, gateway, texts, received } = await asked();
  gateway.onlyLog.write('One.');
  gateway.onlyLog.finish('error');
  await settle();
  const [, answer] = chat.snapshot.conversation.messages;
  await chat.retry(answer!.id);
  await settle();
  gateway.onlyLog.write('Two.');
  await settle();
  expect(texts()).toEqual(['Hello', 'One.', 'Two.']);
  expect(received('run-start')).toHaveLength(2);
  expect(chat.snapshot.isAnswering).toBe(true);
});

test('a refused hello closes for good and says why', async () => {
  const { chat, gateway, received } = openChat();
  gateway.refuse = () => new ChatError('origin-denied').toBody();
  await settle();
  gateway.connection.end({ code: CLOSE_CODES['origin-denied'], reason: '' });
  await settle();
  expect(chat.snapshot).toMatchObject({ status: 'offline', closedBecause: { code: 'origin-denied' } });
  expect(received('error').map(({ error }) => error.code)).toEqual(['origin-denied']);
});

test('an unreadable frame is told as an error, and the line is tried again', async () => {
  const { gateway, environment, chat, received } = openChat();
  await settle();
  gateway.connection.observer.unreadable(new ChatError('bad-frame'));
  gateway.connection.end(UNREADABLE);
  await environment.clock.advance(1000);
  expect(received('error').map(({ error }) => error.code)).toEqual(['bad-frame']);
  expect(chat.snapshot.status).toBe('online');
});

test('a message too large for a frame, or empty, never reaches a line', async () => {
  const { chat, gateway } = openChat();
  await settle();
  await expect(chat.sendMessage('x'.repeat(70_000))).rejects.toMatchObject({ code: 'too-large' });
  for (const blank of ['  ', '\u200b\u2060', '\0'])
    await expect(chat.sendMessage(blank)).rejects.toMatchObject({ code: 'bad-frame' });
  expect(gateway.ofType('send-message')).toEqual([]);
});

test('close ends the line and every timer, also twice, and connect begins again', async () => {
  const { chat, gateway, environment } = await asked();
  chat.close();
  chat.close();
  await settle();
  expect(environment.clock.pendingTimers).toBe(0);
  expect(environment.signalListeners).toBe(0);
  expect(chat.snapshot.status).toBe('idle');
  chat.connect();
  await settle();
  expect(chat.snapshot.status).toBe('online');
  expect(gateway.connections).toHaveLength(2);
});

test('what may be attached is known with each welcome, and its listeners hear of it', async () => {
  const { chat, gateway, environment } = openChat();
  const reported: unknown[] = [];
  chat.subscribe(({ files }) => reported.push(files));
  chat.on('status', () => chat.snapshot);
  await settle();
  const files = { maxBytes: 10, mediaTypes: ['image/png'] };
  gateway.files = files;
  gateway.cut();
  await environment.clock.advance(1000);
  expect([reported[0], chat.snapshot.files]).toEqual([null, files]);
});
