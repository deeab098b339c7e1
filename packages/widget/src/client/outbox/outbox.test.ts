/** The outbox of one tab: order, ids, rejections, reloads (invariant 7). Several tabs: ../tabs/shared-outbox.test.ts. */
import { ChatError, type ErrorBody } from '@rivulet/protocol';
import { expect, test } from 'vitest';
import { FakeEnvironment, FakeStorage, settle } from '../testing/fake-environment.ts';
import { FakeGateway } from '../testing/fake-gateway.ts';
import { openChat } from '../testing/open-chat.ts';

/** Refuses the first `times` messages. */
function refusing(error: ErrorBody, times = 1): FakeGateway {
  const gateway = new FakeGateway();
  let left = times;
  gateway.refuse = ({ type }) => (type === 'send-message' && left-- > 0 ? error : undefined);
  return gateway;
}

const body = (code: 'busy' | 'rate-limited' | 'draining' | 'conflict', retryAfterMs?: number): ErrorBody =>
  new ChatError(code, retryAfterMs === undefined ? {} : { retryAfterMs }).toBody();

test('messages written while disconnected are sent in order once connected', async () => {
  const { chat, gateway, environment, texts } = openChat();
  gateway.cut();
  await settle();
  const sending = [chat.sendMessage('one'), chat.sendMessage('two')];
  expect(chat.snapshot.pending.map(({ state }) => state)).toEqual(['waiting', 'waiting']);
  await environment.clock.advance(1000);
  await Promise.all(sending);
  await settle();
  expect(texts()).toEqual(['one', '', 'two', '']);
});

test('a second message can be written while the first waits for the connection', async () => {
  const { chat, gateway, environment } = openChat();
  gateway.isUp = false;
  gateway.cut();
  await settle();
  const sending = [chat.sendMessage('one')];
  expect(chat.snapshot).toMatchObject({ isAnswering: false, pending: [{ state: 'waiting' }] });
  sending.push(chat.sendMessage('two'));
  gateway.isUp = true;
  await environment.clock.advance(30_000);
  await Promise.all(sending);
  expect(chat.snapshot.isAnswering).toBe(true);
});

test('a message whose acceptance was lost is sent again with the same id and exists once (invariant 7)', async () => {
  const { chat, gateway, environment, texts } = openChat();
  gateway.nextFrameLimit = () => ({ frames: 3 }); // hello, welcome, send-message
  gateway.cut();
  const sending = chat.sendMessage('Hello');
  await environment.clock.advance(500);
  gateway.nextFrameLimit = () => ({ frames: Infinity });
  await environment.clock.advance(3000);
  const { messageId } = await sending;
  expect(gateway.ofType('send-message').map((sent) => sent.messageId)).toEqual([messageId, messageId]);
  expect(texts()).toEqual(['Hello', '']);
});

test('a message survives a reload before it was accepted, with its id and its conversation', async () => {
  const storage = new FakeStorage();
  const first = openChat({ environment: new FakeEnvironment(storage) });
  first.gateway.isUp = false;
  void first.chat.sendMessage('Hello');
  await settle();
  const [before] = first.chat.snapshot.pending;
  const second = openChat({ environment: new FakeEnvironment(storage, 2) });
  expect(second.chat.snapshot.pending).toEqual([before]);
  await settle();
  expect(second.gateway.ofType('send-message')[0]?.messageId).toBe(before?.messageId);
  expect(second.texts()).toEqual(['Hello', '']);
  expect(storage.items.has('rivulet:demo:outbox')).toBe(false);
});

test('two tabs keep their own messages in the one stored outbox', async () => {
  const storage = new FakeStorage();
  const tabs = [1, 2].map((seed) => openChat({ environment: new FakeEnvironment(storage, seed) }));
  for (const { chat, gateway } of tabs) {
    gateway.isUp = false;
    void chat.sendMessage('Hello');
  }
  const third = openChat({ environment: new FakeEnvironment(storage, 3) });
  expect(JSON.parse(storage.items.get('rivulet:demo:outbox') ?? '[]')).toHaveLength(2);
  await settle();
  expect(third.gateway.ofType('send-message')).toHaveLength(2);
});

test('a message rejected with `after` is sent again after that time, with the same id, and the order is kept', async () => {
  const { chat, gateway, environment, texts } = openChat({ gateway: refusing(body('rate-limited', 3000)) });
  const sending = [chat.sendMessage('one'), chat.sendMessage('two')];
  await environment.clock.advance(2999);
  const [first] = chat.snapshot.pending;
  expect(first).toMatchObject({ state: 'waiting', error: { code: 'rate-limited' } });
  expect((first?.retryAtMs ?? 0) - environment.clock.now()).toBe(1);
  expect(gateway.ofType('send-message')).toHaveLength(1);
  await environment.clock.advance(1);
  await Promise.all(sending);
  await settle();
  expect(texts()).toEqual(['one', '', 'two', '']);
});

test('a message written while another is on its way waits for it, so that no rejection changes the order', async () => {
  const { chat, gateway, environment, texts } = openChat({ gateway: refusing(body('rate-limited', 3000)) });
  await settle();
  const sending = [chat.sendMessage('one'), chat.sendMessage('two')];
  await settle();
  expect(gateway.ofType('send-message')).toHaveLength(1);
  await environment.clock.advance(3000);
  await Promise.all(sending);
  expect(texts().filter((text) => text !== '')).toEqual(['one', 'two']);
});

test('a message rejected with `same` is sent again on the next connection, not on this one', async () => {
  const { chat, gateway, environment, texts } = openChat({ gateway: refusing(body('draining')) });
  const sending = chat.sendMessage('Hello');
  await environment.clock.advance(10_000);
  expect(gateway.ofType('send-message')).toHaveLength(1);
  gateway.cut();
  await environment.clock.advance(1000);
  await sending;
  await settle();
  expect(texts()).toEqual(['Hello', '']);
});

test('a message rejected with `new` fails, and a retry sends it with a new id', async () => {
  const { chat, gateway, received, texts } = openChat({ gateway: refusing(body('busy')) });
  await expect(chat.sendMessage('Hello')).rejects.toMatchObject({ code: 'busy' });
  const [failed] = chat.snapshot.pending;
  expect(failed).toMatchObject({ state: 'failed', error: { code: 'busy' } });
  expect(received('error').map(({ error }) => error.code)).toEqual(['busy']);
  await chat.retry(failed!.messageId);
  await settle();
  expect(texts()).toEqual(['Hello', '']);
  expect(new Set(gateway.ofType('send-message').map(({ messageId }) => messageId)).size).toBe(2);
});

test('a failed message is still there after a reload, and can be discarded', async () => {
  const storage = new FakeStorage();
  const first = openChat({ gateway: refusing(body('busy')), environment: new FakeEnvironment(storage) });
  await first.chat.sendMessage('Hello').catch(() => undefined);
  const second = openChat({ environment: new FakeEnvironment(storage, 2) });
  await settle();
  const [failed] = second.chat.snapshot.pending;
  expect(failed).toMatchObject({ state: 'failed', error: { code: 'busy' } });
  expect(second.gateway.ofType('send-message')).toEqual([]);
  second.chat.discard(failed!.messageId);
  expect(second.chat.snapshot.pending).toEqual([]);
  expect(storage.items.has('rivulet:demo:outbox')).toBe(false);
});

test('a message behind one that is discarded in flight is sent without another send', async () => {
  const { chat, gateway } = openChat();
  await settle();
  gateway.isUp = false;
  const first = chat.sendMessage('one');
  const second = chat.sendMessage('two');
  await settle();
  const [discarded] = chat.snapshot.pending;
  gateway.isUp = true;
  chat.discard(discarded!.messageId);
  await expect(first).rejects.toMatchObject({ code: 'interrupted' });
  expect((await second).messageId).toBe(gateway.ofType('send-message').at(-1)?.messageId);
});

test('a conflict about a message that is in the conversation counts as its acceptance', async () => {
  const { chat, gateway, environment } = openChat();
  gateway.nextFrameLimit = () => ({ frames: 10 });
  gateway.cut();
  await environment.clock.advance(1000);
  gateway.connection.end({ code: 1006, reason: '' });
  gateway.nextFrameLimit = () => ({ frames: Infinity });
  await environment.clock.advance(3000);
  await chat.sendMessage('first');
  await settle();
  // The gateway stores the next message but answers with a conflict, as it does when an earlier acceptance was lost.
  const log = gateway.onlyLog;
  gateway.refuse = (command) => {
    if (command.type !== 'send-message') return undefined;
    if (!log.accepted.has(command.messageId)) {
      log.addMessage(command);
      log.accepted.set(command.messageId, log.state.messages[1]!.run!.id);
    }
    return body('conflict');
  };
  await expect(chat.sendMessage('second')).resolves.toBeDefined();
  expect(chat.snapshot.pending).toEqual([]);
});

test('a stored outbox that was overwritten with something else is ignored', async () => {
  const storage = new FakeStorage();
  const damaged = [{ command: { type: 'hello' }, createdAtMs: 1 }, 5, null, { command: 'x' }];
  storage.setItem('rivulet:demo:outbox', JSON.stringify(damaged));
  const { chat } = openChat({ environment: new FakeEnvironment(storage) });
  await chat.sendMessage('Hello');
  expect(chat.snapshot.status).toBe('online');
});
