import { ChatError, type ConversationId } from '@rivulet/protocol';
import { expect, test } from 'vitest';
import { createHistory } from './history.ts';
import { settle } from '../testing/fake-environment.ts';
import { openChat } from '../testing/open-chat.ts';

interface SentRequest {
  url: string;
  init: RequestInit;
}

/** A connected chat with a token, whose HTTP requests are answered with `answers` in order, then with 204. */
async function connectedChat(...answers: (Response | Error)[]) {
  const opened = openChat();
  const requests: SentRequest[] = [];
  opened.environment.fetch = (url, init = {}) => {
    requests.push({ url: String(url).replace('https://chat.test', ''), init });
    const answer = answers.shift() ?? new Response(null, { status: 204 });
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  };
  await settle();
  return { ...opened, requests, history: createHistory(opened.chat) };
}
const id = 'c_conversation1' as ConversationId;
const summary = { id, title: 'Order', preview: 'On its way.', createdAtMs: 1, updatedAtMs: 2 };
const listed = () => Response.json({ conversations: [summary] });

test('a list is requested with the token of the visitor, page by page', async () => {
  const { history, requests } = await connectedChat(listed(), listed());
  expect(await history.list()).toEqual([summary]);
  await history.list({ limit: 5, beforeMs: 7 });
  expect(requests.map(({ url }) => url)).toEqual([
    '/v1/conversations?site=demo',
    '/v1/conversations?site=demo&limit=5&before=7',
  ]);
  expect(requests[0]?.init.headers).toEqual({ Authorization: 'Bearer minted' });
});

test('a search sends its query, percent-encoded; white space alone lists everything', async () => {
  const { history, requests } = await connectedChat(listed(), listed());
  await history.search('50% & more?');
  await history.search('  ');
  expect(requests.map(({ url }) => url)).toEqual([
    '/v1/conversations?site=demo&query=50%25+%26+more%3F',
    '/v1/conversations?site=demo',
  ]);
});

test('rename, remove and eraseAll send their requests, and eraseAll logs out', async () => {
  const { history, requests, chat, gateway } = await connectedChat(Response.json(summary));
  await history.rename(id, 'Fruit');
  await history.remove(id);
  await history.eraseAll();
  expect(requests.map(({ url, init }) => [init.method, url, init.body].join(' ').trim())).toEqual([
    `PATCH /v1/conversations/${id}?site=demo {"title":"Fruit"}`,
    `DELETE /v1/conversations/${id}?site=demo`,
    'DELETE /v1/visitor?site=demo',
  ]);
  expect([chat.snapshot.status, chat.access.token]).toEqual(['idle', undefined]);
  expect(gateway.connections).toHaveLength(1);
});

test('an export is the unchanged body of the response', async () => {
  const { history } = await connectedChat(new Response('{"format":"rivulet-export"}'));
  expect(await (await history.exportAll()).text()).toBe('{"format":"rivulet-export"}');
});

test('without a token the list is empty, an export is refused, and no request is sent', async () => {
  const { chat, requests, history } = await connectedChat();
  await chat.logout();
  expect(await history.list()).toEqual([]);
  await expect(history.exportAll()).rejects.toMatchObject({ code: 'unauthenticated' });
  expect(requests).toEqual([]);
});

test.each([
  [
    'a refusal of the gateway',
    Response.json(new ChatError('not-found').toBody(), { status: 404 }),
    'not-found',
  ],
  ['the page of a proxy', new Response('<h1>Bad Gateway</h1>', { status: 502 }), 'internal'],
  ['no response', new TypeError('fetch failed'), 'internal'],
  ['a body that does not match the schema', Response.json({ conversations: [{}] }), 'internal'],
])('a failed request rejects with a ChatError: %s', async (_what, answer, code) => {
  const { history } = await connectedChat(answer);
  await expect(history.list()).rejects.toMatchObject({ name: 'ChatError', code });
});

test('open shows another conversation on the same connection', async () => {
  const { chat, gateway, texts, history } = await connectedChat();
  await chat.sendMessage('one');
  const first = gateway.onlyLog.id;
  chat.newConversation();
  await chat.sendMessage('two');
  history.open(first);
  expect(chat.snapshot.isLoading).toBe(true);
  await settle();
  expect(texts()).toEqual(['one', '']);
  expect(gateway.connections).toHaveLength(1);
  gateway.log(first).write('Here.');
  await settle();
  expect(texts()).toEqual(['one', 'Here.']);
});

test('opening a conversation that does not exist shows an empty one, without an error', async () => {
  const { chat, history, received } = await connectedChat();
  history.open(id);
  await settle();
  expect(chat.snapshot).toMatchObject({ isLoading: false, conversation: { messages: [] } });
  expect(received('error')).toEqual([]);
});

test('opening a conversation without a connection connects', async () => {
  const { chat, gateway, texts, history } = await connectedChat();
  await chat.sendMessage('one');
  const first = gateway.onlyLog.id;
  chat.newConversation();
  chat.close();
  history.open(first);
  await settle();
  expect(texts()).toEqual(['one', '']);
});

test('feedback is applied once, also when the connection is lost, and shown with its answer', async () => {
  const { chat, gateway, environment } = await connectedChat();
  await chat.sendMessage('Hello');
  gateway.onlyLog.write('Good day.');
  gateway.onlyLog.finish('stop');
  await settle();
  const answer = chat.snapshot.conversation.messages[1]!;
  gateway.cut();
  const rating = chat.sendFeedback(answer.id, 'down', 'Too short.');
  await environment.clock.advance(1000);
  await rating;
  expect(chat.snapshot.conversation.messages[1]?.feedback).toEqual({ value: 'down', comment: 'Too short.' });
  await chat.sendFeedback(answer.id, null);
  expect(chat.snapshot.conversation.messages[1]?.feedback).toBeUndefined();
  expect(gateway.ofType('feedback')).toHaveLength(2);
});
