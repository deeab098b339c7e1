/** What the console shows of the answers of a conversation, and of its files. */
import { mintConversationId, mintMessageId, type ConversationId } from '@rivulet/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomBytes } from '../base/index.ts';
import { createMemoryStore } from '../stores/memory.ts';
import { ProtocolClient } from '../testing/protocol-client.ts';
import { startGateway, type StartedGateway } from '../testing/start-gateway.ts';
import { sha256 } from './console-users.ts';

/** In everything that the visitor wrote. */
const MARKER = 'only-this-visitor-wrote-this';
const USERS = [
  { name: 'viewer', role: 'viewer' as const, tokenHash: sha256('the token of viewer') },
  { name: 'admin', role: 'admin' as const, tokenHash: sha256('the token of admin') },
  { name: 'of-blog', role: 'admin' as const, tokenHash: sha256('the token of of-blog'), sites: ['blog'] },
];

const store = createMemoryStore();
let started: StartedGateway;
beforeAll(async () => {
  const sites = ['shop', 'blog'].map((id) => ({ id, origins: ['self'] }));
  started = await startGateway({ adminUsers: USERS, sites, store });
});
afterAll(() => started.stop());

async function cookieOf(name: string): Promise<string> {
  const response = await fetch(`${started.url}/admin/api/login`, {
    ...{ method: 'POST', headers: { 'x-rivulet-console': '1' } },
    body: JSON.stringify({ token: `the token of ${name}` }),
  });
  return response.headers.getSetCookie()[0]?.split(';')[0] ?? '';
}
const open = (path: string, cookie: string) =>
  fetch(`${started.url}/admin/api/conversations${path}`, { headers: { cookie } });

/** A conversation of the site `shop` with a question and a finished answer. */
async function converse(): Promise<ConversationId> {
  const client = await ProtocolClient.connect(started.url, { site: 'shop' });
  return (await answered(client)).conversationId;
}

async function answered(
  client: ProtocolClient,
  files: { type: 'file'; fileId: string; name: string; mediaType: string; sizeBytes: number }[] = [],
) {
  const ids = { conversationId: mintConversationId(randomBytes), messageId: mintMessageId(randomBytes) };
  client.send({ type: 'send-message', ...ids, parts: [{ type: 'text', text: MARKER }, ...files] });
  const scene = await started.provider.next();
  scene.emitText('An answer.');
  scene.finish();
  await client.received('run-finished');
  return ids;
}

const PAGE = '<script>alert(1)</script>';
/** A conversation of the site `shop` whose question has a file. */
async function converseWithFile() {
  const client = await ProtocolClient.connect(started.url, { site: 'shop' });
  const { token = '' } = await client.received('welcome');
  const uploaded = await fetch(`${started.url}/v1/files?site=shop&name=notes.txt`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'text/plain' },
    body: PAGE,
  });
  const file = (await uploaded.json()) as {
    fileId: string;
    name: string;
    mediaType: string;
    sizeBytes: number;
  };
  const { fileId, name, mediaType, sizeBytes } = file;
  const { conversationId } = await answered(client, [{ type: 'file', fileId, name, mediaType, sizeBytes }]);
  return { token, conversationId, fileId };
}

describe('the answers of a conversation', () => {
  it('are shown with their facts, also alone and in the export, and never to the visitor', async () => {
    const id = await converse();
    const cookie = await cookieOf('admin');
    const runs = [
      { upstream: 'script', reason: 'stop', usage: { inputTokens: 1, outputTokens: 1 }, toolCalls: 0 },
    ];
    for (const path of [`/${id}`, `/${id}/export`])
      expect(await (await open(path, cookie)).json()).toMatchObject({ conversation: { id, runs } });
    expect(await (await open(`/${id}/runs`, cookie)).json()).toMatchObject({ runs });
    const reader = (await open(`/${id}/live`, cookie)).body!.pipeThrough(new TextDecoderStream());
    let live = '';
    for await (const chunk of reader) {
      live += chunk;
      if (live.includes('"synced"')) break;
    }
    expect(live).toContain(MARKER);
    expect(live).not.toMatch(/upstream|costPico/);
  });

  it('sort the list by cost or rating, from one position to the next', async () => {
    for (let count = 0; count < 2; count += 1) await converse();
    const cookie = await cookieOf('admin');
    const seen = new Set<string>();
    const list = async (query: string) => {
      const response = await open(`?${query}`, cookie);
      const page = (await response.json()) as { conversations: { id: string }[]; next: string | null };
      return { status: response.status, ...page };
    };
    let after = '';
    do {
      const { conversations, next } = await list(`site=shop&sort=cost&limit=1${after}`);
      for (const { id } of conversations) seen.add(id);
      after = next === null ? '' : `&after=${next}`;
    } while (after !== '');
    expect(seen.size).toBe((await list('site=shop')).conversations.length);
    for (const query of ['sort=cost&after=5~c_x', 'after=0~5~c_x', 'sort=rating&ref=01234567', 'sort=age'])
      expect((await list(query)).status).toBe(400);
  });
});

describe('a file of a conversation', () => {
  it('is a download for whoever may read the conversation, and never a page of the gateway', async () => {
    const { token, conversationId, fileId } = await converseWithFile();
    const cookie = await cookieOf('viewer');
    const response = await open(`/${conversationId}/files/${fileId}`, cookie);
    expect([response.status, await response.text()]).toEqual([200, PAGE]);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-disposition': "attachment; filename*=UTF-8''notes.txt",
      'content-security-policy': "default-src 'none'; sandbox",
      'x-content-type-options': 'nosniff',
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': expect.stringContaining('no-store') as string,
    });
    const [entry] = await store.console.listAudit({ atMs: Number.MAX_VALUE, id: '' }, 1);
    expect(entry).toMatchObject({ action: 'console-read-file', target: conversationId, siteId: 'shop' });
    const refused = [
      await open(`/${conversationId}/files/${fileId}`, await cookieOf('of-blog')),
      await open(`/${await converse()}/files/${fileId}`, cookie),
      await open(`/c_unknown00001/files/${fileId}`, cookie),
      await fetch(`${started.url}/admin/api/conversations/${conversationId}/files/${fileId}`, {
        headers: { authorization: `Bearer ${token}` },
      }),
    ];
    expect(refused.map(({ status }) => status)).toEqual([404, 404, 404, 401]);
  });
});
