/** Signed identities: the widget's client in Node against the executable. */
import { createHmac } from 'node:crypto';
import { textOf, type Clock } from '@rivulet/protocol';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { createChatClient } from '../packages/widget/src/client/chat-client.ts';
import type { Environment } from '../packages/widget/src/client/environment/environment.ts';
import { createHistory } from '../packages/widget/src/client/conversation/history.ts';
import { MemoryStorage, createNodeEnvironment } from './support/node-environment.ts';
import { startHarness, type Harness } from './support/harness.ts';

const SECRET = 'what only the site and its gateway know';
let harness: Harness;
beforeAll(async () => {
  harness = await startHarness({ environment: { RIVULET_IDENTITY_SECRET: SECRET } });
});
afterAll(() => harness.close());

/** Signs a JWT with HS256, as a site's server does. */
function sign(claims: object, secret = SECRET): string {
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}
const tokenOf = (sub: string, secret?: string, lifetimeS = 300) =>
  sign({ sub, aud: 'demo', exp: Math.floor(Date.now() / 1000) + lifetimeS }, secret);

/** Not accelerated: the gateway and the client must agree on when a token expires. */
const realClock: Clock = {
  now: () => Date.now(),
  after(delayMs, callback) {
    const timer = setTimeout(callback, delayMs);
    return {
      cancel: () => {
        clearTimeout(timer);
      },
    };
  },
};

/** Creates a client with a storage of its own, as in another browser. */
function openChat(change: Partial<Environment> = {}) {
  const environment = { ...createNodeEnvironment(new MemoryStorage()), ...change };
  const chat = createChatClient({ gateway: harness.gateway.url, site: 'demo', environment });
  chat.connect();
  const texts = () => chat.snapshot.conversation.messages.map(textOf);
  const waitForAnswer = () => vi.waitUntil(() => texts().length > 1 && !chat.snapshot.isAnswering, 20_000);
  return { chat, history: createHistory(chat), texts, waitForAnswer };
}

it('an anonymous conversation belongs to the user after sign-in, in every browser, until the user erases it', async () => {
  const { chat, texts, waitForAnswer } = openChat();
  await chat.sendMessage('Where is order 4711? [[pace:5]]');
  await vi.waitUntil(() => (texts()[1] ?? '') !== '', 20_000);
  const seen: number[] = [];
  chat.subscribe(({ conversation }) => seen.push(conversation.messages.length));
  await chat.identify(tokenOf('ann'));
  await waitForAnswer();
  expect(Math.min(...seen)).toBe(2);
  const before = texts();

  const elsewhere = openChat();
  await elsewhere.chat.identify(tokenOf('ann'));
  const [found] = await elsewhere.history.search('ORDER 4711');
  expect(found?.title).toMatch(/^Where is order 4711\?/);
  elsewhere.history.open(found!.id);
  await vi.waitUntil(() => elsewhere.texts().length === 2, 20_000);
  expect(elsewhere.texts()).toEqual(before);
  const answer = elsewhere.chat.snapshot.conversation.messages[1]!;
  await elsewhere.chat.sendFeedback(answer.id, 'up', 'Thank you.');
  await vi.waitUntil(() => chat.snapshot.conversation.messages[1]?.feedback?.value === 'up', 20_000);
  await elsewhere.history.rename(found!.id, 'My order');
  await vi.waitUntil(() => chat.snapshot.conversation.title === 'My order', 20_000);
  expect(await (await elsewhere.history.exportAll()).text()).toContain('Thank you.');

  await elsewhere.history.eraseAll();
  await vi.waitUntil(() => texts().length === 0, 20_000);
  expect(await createHistory(chat).list()).toEqual([]);
  for (const one of [chat, elsewhere.chat]) one.close();
});

it('a token that is signed with another secret is rejected as unauthenticated', async () => {
  const { chat } = openChat();
  await expect(chat.identify(tokenOf('ann', 'some other secret of thirty-two bytes'))).rejects.toMatchObject({
    code: 'unauthenticated',
  });
  chat.close();
});

it('a connection stays open beyond the expiry of its token while the site provides fresh tokens', async () => {
  const { chat, texts, waitForAnswer } = openChat({ clock: realClock });
  const endsAtMs = Date.now() + 3000;
  const provideToken = vi.fn(() => tokenOf('bea', undefined, 3));
  await chat.identify(provideToken);
  await vi.waitUntil(() => chat.snapshot.status === 'online', 20_000);
  const statuses: string[] = [];
  chat.on('status', ({ status }) => statuses.push(status));
  await chat.sendMessage('Hello');
  await waitForAnswer();
  await vi.waitUntil(() => Date.now() > endsAtMs + 500, 20_000);
  chat.newConversation();
  await chat.sendMessage('Still me');
  await waitForAnswer();
  expect(texts()[0]).toBe('Still me');
  expect(statuses).toEqual([]);
  expect(provideToken.mock.calls.length).toBeGreaterThan(2);
  chat.close();
});

it('a client whose token expired reconnects by itself, keeps the draft, and sends what was written in the meantime', async () => {
  const { chat, texts, waitForAnswer } = openChat();
  let isSiteOffline = false;
  await chat.identify(() =>
    isSiteOffline ? Promise.reject(new Error('offline')) : tokenOf('cleo', undefined, 2),
  );
  await chat.sendMessage('Hello');
  await waitForAnswer();
  isSiteOffline = true;
  chat.draft = 'I was about to';
  await vi.waitUntil(() => chat.snapshot.closedBecause?.code === 'unauthenticated', 20_000);
  const sent = chat.sendMessage('Written meanwhile');
  isSiteOffline = false;
  await sent;
  await vi.waitUntil(() => texts().length === 4 && !chat.snapshot.isAnswering, 20_000);
  expect([texts()[2], chat.draft]).toEqual(['Written meanwhile', 'I was about to']);
  expect(chat.snapshot).toMatchObject({ status: 'online', closedBecause: null });
  chat.close();
});
