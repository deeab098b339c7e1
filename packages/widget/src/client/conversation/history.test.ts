import { ChatError, type ConversationId } from '@rivulet/protocol';
import { expect, test } from 'vitest';
import { createHistory } from './history.ts';
import { settle } from '../testing/fake-environment.ts';
import { openChat } from '../testing/open-chat.ts';

interface Asked {
  url: string;
  init: RequestInit;
}

/** A chat that is known to the gateway, whose requests are answered with this, one after the other. */
async function known(...answers: (Response | Error)[]) {
  const opened = openChat();
  const asked: Asked[] = [];
  opened.environment.fetch = (url, init = {}) => {
    asked.push({ url: String(url).replace('https://chat.test', ''), init });
    const answer = answers.shift() ?? new Response(null, { status: 204 });
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  };
  await settle();
  return { ...opened, asked, history: createHistory(opened.chat) };
}
const id = 'c_conversation1' as ConversationId;
const summary = { id, title: 'Order', preview: 'On its way.', createdAtMs: 1, updatedAtMs: 2 };
const listed = () => Response.json({ conversations: [summary] });

test('a list is asked for as whoever speaks, page by page', async () => {
  const { history, asked } = await known(listed(), listed());
  expect(await history.list()).toEqual([summary]);
  await history.list({ limit: 5, beforeMs: 7 });
  expect(asked.map(({ url }) => url)).toEqual([
    '/v1/conversations?site=demo',
    '/v1/conversations?site=demo&limit=5&before=7',
  ]);
  expect(asked[0]?.init.headers).toEqual({ Authorization: 'Bearer minted' });
});

test('a search says what it looks for, whatever letters that has; white space looks for everything', async () => {
  const { history, asked } = await known(listed(), listed());
  await history.search('50% & more?');
  await history.search('  ');
  expect(asked.map(({ url }) => url)).toEqual([
    '/v1/conversations?site=demo&query=50%25+%26+more%3F',
    '/v1/conversations?site=demo',
  ]);
});

test('renaming, removing and erasing say so, and after erasing everything nobody is known here', async () => {
  const { history, asked, chat, gateway } = await known(Response.json(summary));
  await history.rename(id, 'Fruit');
  await history.remove(id);
  await history.eraseAll();
  expect(asked.map(({ url, init }) => [init.method, url, init.body].join(' ').trim())).toEqual([
    `PATCH /v1/conversations/${id}?site=demo {"title":"Fruit"}`,
    `DELETE /v1/conversations/${id}?site=demo`,
    'DELETE /v1/visitor?site=demo',
  ]);
  expect([chat.snapshot.status, chat.access.token]).toEqual(['idle', undefined]);
  expect(gateway.connections).toHaveLength(1);
});

test('an export is given as it came', async () => {
  const { history } = await known(new Response('{"format":"rivulet-export"}'));
  expect(await (await history.exportAll()).text()).toBe('{"format":"rivulet-export"}');
});

test('a visitor whom the gateway does not know has nothing, and nothing is asked', async () => {
  const { chat, asked, history } = await known();
  await chat.logout();
  expect(await history.list()).toEqual([]);
  await expect(history.exportAll()).rejects.toMatchObject({ code: 'unauthenticated' });
  expect(asked).toEqual([]);
});

test.each([
  ['the gateway’s own', Response.json(new ChatError('not-found').toBody(), { status: 404 }), 'not-found'],
  ['one of something in between', new Response('<h1>Bad Gateway</h1>', { status: 502 }), 'internal'],
  ['silence', new TypeError('fetch failed'), 'internal'],
  ['another shape', Response.json({ conversations: [{}] }), 'internal'],
])('a refusal is a typed error: %s', async (_what, answer, code) => {
  const { history } = await known(answer);
  await expect(history.list()).rejects.toMatchObject({ name: 'ChatError', code });
});

test('opening shows another conversation on the same line, and a reload opens that one', async () => {
  const { chat, gateway, texts, history } = await known();
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

test('opening one that is not there shows an empty one, without an error', async () => {
  const { chat, history, received } = await known();
  history.open(id);
  await settle();
  expect(chat.snapshot).toMatchObject({ isLoading: false, conversation: { messages: [] } });
  expect(received('error')).toEqual([]);
});

test('opening before there is a line brings one up', async () => {
  const { chat, gateway, texts, history } = await known();
  await chat.sendMessage('one');
  const first = gateway.onlyLog.id;
  chat.newConversation();
  chat.close();
  history.open(first);
  await settle();
  expect(texts()).toEqual(['one', '']);
});

test('feedback is said once, also over a lost line, and seen with its answer', async () => {
  const { chat, gateway, environment } = await known();
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
