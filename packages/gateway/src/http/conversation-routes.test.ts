import { mintConversationId, mintMessageId, type ConversationId } from '@rivulet/protocol';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Erased } from '../conversations/archive.ts';
import { randomBytes } from '../base/index.ts';
import { createMemoryStore } from '../stores/memory.ts';
import { ProtocolClient } from '../testing/protocol-client.ts';
import { startGateway, type StartedGateway } from '../testing/start-gateway.ts';

const erased: Erased[] = [];
let started: StartedGateway;
beforeEach(async () => {
  erased.length = 0;
  const origins = ['self', 'localhost'];
  const onErase = (each: Erased) => Promise.resolve(void erased.push(each));
  started = await startGateway({
    onErase,
    sites: [
      { id: 'demo', origins },
      { id: 'other', origins },
    ],
  });
});
afterEach(() => started.stop());

interface Listed {
  id: string;
  title: string | null;
  preview: string;
  updatedAtMs: number;
}
interface More {
  body?: string;
  headers?: Record<string, string>;
}
const call = (method: string, path: string, token?: string, more: More = {}) =>
  fetch(started.url + path, {
    method,
    ...more,
    headers: { ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }), ...more.headers },
  });
const list = async (token: string, query = '') => {
  const response = await call('GET', `/v1/conversations${query}`, token);
  return ((await response.json()) as { conversations: Listed[] }).conversations;
};
const rename = (id: string, title: unknown, token: string) =>
  call('PATCH', `/v1/conversations/${id}`, token, { body: JSON.stringify({ title }) });

/** Sends a message. @returns the conversation and the scene of its reply, which is not finished */
async function ask(client: ProtocolClient, text: string, id = mintConversationId(randomBytes)) {
  const parts = [{ type: 'text' as const, text }];
  client.send({ type: 'send-message', conversationId: id, messageId: mintMessageId(randomBytes), parts });
  return { id, scene: await started.provider.next() };
}
const over = (client: ProtocolClient, id: ConversationId) =>
  client.until(() =>
    client.events.some((event) => event.type === 'run-finished' && event.conversationId === id),
  );

/** A visitor with two finished conversations. */
async function visitor() {
  const client = await ProtocolClient.connect(started.url);
  const { token = '' } = await client.received('welcome');
  const ids = [];
  for (const [question, answer] of [
    ['Where is my order 4711? It should have come on Monday, I think, or on Tuesday.', 'On its way.'],
    ['Do you sell ÄPFEL?', 'Only pears.'],
  ] as const) {
    const { id, scene } = await ask(client, question);
    scene.emitText(answer);
    scene.finish();
    await over(client, id);
    ids.push(id);
  }
  return { client, token, ids: ids as [ConversationId, ConversationId] };
}

describe('GET /v1/conversations', () => {
  it('lists the visitor’s conversations, newest first, titled after the first message', async () => {
    const { token, ids } = await visitor();
    expect(await list(token)).toMatchObject([
      { id: ids[1], title: 'Do you sell ÄPFEL?', preview: 'Only pears.' },
      {
        id: ids[0],
        title: 'Where is my order 4711? It should have come on Monday, I…',
        preview: 'On its way.',
      },
    ]);
    expect(await list((await visitor()).token)).toHaveLength(2);
  });

  it('searches titles and texts, and pages through the result', async () => {
    const { token, ids } = await visitor();
    expect(await list(token, '?query=äpfel')).toMatchObject([{ id: ids[1] }]);
    expect(await list(token, '?query=ON%20ITS')).toMatchObject([{ id: ids[0] }]);
    expect(await list(token, '?query=%25')).toEqual([]);
    const [first] = await list(token, '?limit=1');
    expect(await list(token, `?limit=1&before=${first?.updatedAtMs}`)).toMatchObject([{ id: ids[0] }]);
  });

  it.each(['limit=0', 'limit=101', 'limit=x', 'before=-1', `query=${'x'.repeat(201)}`, 'query=a&query=b'])(
    'rejects %s',
    async (query) => {
      const { token } = await visitor();
      const response = await call('GET', `/v1/conversations?${query}`, token);
      expect([response.status, await response.json()]).toMatchObject([400, { code: 'bad-frame' }]);
    },
  );
});

describe('PATCH /v1/conversations/{id}', () => {
  it('renames the conversation, and its viewers get the new title', async () => {
    const { client, token, ids } = await visitor();
    const response = await rename(ids[1], '  Fruit ', token);
    expect([response.status, await response.json()]).toMatchObject([200, { id: ids[1], title: 'Fruit' }]);
    expect(await client.received('conversation-updated')).toMatchObject({
      conversationId: ids[1],
      title: 'Fruit',
    });
    expect((await list(token))[0]).toMatchObject({ id: ids[1], title: 'Fruit' });
  });

  it.each([
    ['an empty text', ' ', 400],
    ['a number', 7, 400],
    ['a text over 200 characters', 'x'.repeat(201), 413],
  ])('rejects %s as a title', async (_what, title, status) => {
    const { token, ids } = await visitor();
    expect((await rename(ids[0], title, token)).status).toBe(status);
  });
});

describe('DELETE /v1/conversations/{id}', () => {
  it('erases the conversation and tells its viewers, who cannot subscribe to it again', async () => {
    const { client, token, ids } = await visitor();
    expect((await call('DELETE', `/v1/conversations/${ids[1]}`, token)).status).toBe(204);
    expect((await client.received('conversation-removed')).conversationId).toBe(ids[1]);
    expect(await list(token)).toMatchObject([{ id: ids[0] }]);
    const again = client.send({ type: 'subscribe', conversationId: ids[1] });
    expect(await client.answer(again)).toMatchObject({ error: { code: 'not-found' } });
    expect(erased).toMatchObject([{ scope: 'conversation', conversationIds: [ids[1]] }]);
  });

  it('stops the running reply first', async () => {
    const { client, token } = await visitor();
    const { id, scene } = await ask(client, 'Again?');
    scene.emitText('Half');
    await client.until(() => client.text === 'Half');
    expect((await call('DELETE', `/v1/conversations/${id}`, token)).status).toBe(204);
    expect(scene.signal.aborted).toBe(true);
    await client.received('conversation-removed');
    expect(await list(token)).toHaveLength(2);
  });
});

describe('GET /v1/export', () => {
  it('returns all conversations of the visitor as one JSON file', async () => {
    const { token, ids } = await visitor();
    const response = await call('GET', '/v1/export', token);
    expect(response.headers.get('content-disposition')).toContain('attachment');
    const whole = (await response.json()) as { conversations: { id: string; messages: object[] }[] };
    expect(whole).toMatchObject({ format: 'rivulet-export', version: 1, site: 'demo' });
    expect(new Set(whole.conversations.map(({ id }) => id))).toEqual(new Set(ids));
    expect(whole.conversations[0]?.messages).toMatchObject([
      { role: 'user', parts: [{ text: 'Do you sell ÄPFEL?' }] },
      { role: 'assistant', parts: [{ text: 'Only pears.' }] },
    ]);
  });

  it('breaks off when the store fails, so that it does not look complete', async () => {
    await started.stop();
    const store = createMemoryStore();
    started = await startGateway({ store });
    const { token } = await visitor();
    const readMessages = vi.spyOn(store, 'readMessages').mockRejectedValue(new Error('the disk is gone'));
    const reading = call('GET', '/v1/export', token).then((response) => response.text());
    await expect(reading).rejects.toThrow();
    readMessages.mockRestore();
  });
});

describe('DELETE /v1/visitor', () => {
  it('erases all conversations of the visitor and none of another', async () => {
    const { token, ids } = await visitor();
    const other = await visitor();
    const response = await call('DELETE', '/v1/visitor', token);
    expect(await response.json()).toEqual({ erased: 2 });
    expect([await list(token), (await list(other.token)).length]).toEqual([[], 2]);
    expect(erased).toMatchObject([{ scope: 'everything' }]);
    expect(new Set(erased[0]?.conversationIds)).toEqual(new Set(ids));
  });

  it('keeps the usage, without its owner', async () => {
    await started.stop();
    const store = createMemoryStore();
    started = await startGateway({ store });
    const { client, token } = await visitor();
    const ownerId = (await client.received('welcome')).principal.id;
    await call('DELETE', '/v1/visitor', token);
    const [theirs, nobodys] = [ownerId, ''].map((id) => store.readUsage({ siteId: 'demo', ownerId: id }, 0));
    expect(await theirs).toEqual({ inputTokens: 0, outputTokens: 0 });
    expect((await nobodys)?.outputTokens).toBeGreaterThan(0);
  });
});

describe('every route of conversations', () => {
  const routes = (id: string) => [
    ['GET', '/v1/conversations'] as const,
    ['PATCH', `/v1/conversations/${id}`] as const,
    ['DELETE', `/v1/conversations/${id}`] as const,
    ['GET', '/v1/export'] as const,
    ['DELETE', '/v1/visitor'] as const,
  ];

  it('requires a token, and rejects one that is invalid or of another site', async () => {
    const { token, ids } = await visitor();
    for (const [method, path] of routes(ids[0])) {
      const answers = await Promise.all([
        call(method, path),
        call(method, path, 'forged'),
        call(method, `${path}?site=other`, token),
        call(method, `${path}?site=none`, token),
      ]);
      expect(answers.map(({ status }) => status)).toEqual([401, 401, 403, 404]);
    }
    expect(await list(token)).toHaveLength(2);
  });

  it('accepts requests of allowed origins only', async () => {
    const { token, ids } = await visitor();
    for (const [method, path] of routes(ids[0])) {
      const from = (Origin: string) => ({ headers: { Origin } });
      const preflight = await call('OPTIONS', path, undefined, from('http://localhost:5173'));
      expect(preflight.headers.get('access-control-allow-methods')).toContain(method);
      const refused = await call(method, path, token, from('https://evil.example'));
      expect([refused.status, await refused.json()]).toMatchObject([403, { code: 'origin-denied' }]);
    }
  });

  it('responds not-found for another visitor’s conversation and for an invalid id (9)', async () => {
    const { ids } = await visitor();
    const { token } = await visitor();
    for (const id of [ids[0], mintConversationId(randomBytes), 'x', 'c_%25%25%25%25%25%25%25%25']) {
      expect((await rename(id, 'mine', token)).status).toBe(404);
      expect((await call('DELETE', `/v1/conversations/${id}`, token)).status).toBe(404);
    }
    expect(erased).toEqual([]);
  });
});
