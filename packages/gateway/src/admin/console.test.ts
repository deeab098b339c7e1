/** The console over HTTP: sessions, logins, the audit log and the search. Who may ask for what is in console-matrix.test.ts. */
import { mintConversationId, mintMessageId, type ConversationId } from '@rivulet/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomBytes, systemClock } from '../base/index.ts';
import { createMemoryStore } from '../stores/memory.ts';
import { partsOfRoute, type RouteName } from '../http/route-table.ts';
import { ProtocolClient } from '../testing/protocol-client.ts';
import { startGateway, type StartedGateway } from '../testing/start-gateway.ts';
import { createConsoleSessions } from './console-sessions.ts';
import { sha256 } from './console-users.ts';

/** In everything that the visitor wrote: whoever sees it has seen the conversation. */
const MARKER = 'only-this-visitor-wrote-this';
const ROLES = ['viewer', 'agent', 'admin'] as const;
/** Users of all sites, and of one that the conversation does not belong to. */
const USERS = ROLES.flatMap((role) => [
  { name: role, role, tokenHash: sha256(`the token of ${role}`) },
  { name: `${role}-of-blog`, role, tokenHash: sha256(`the token of ${role}-of-blog`), sites: ['blog'] },
]);
const HEADER = { 'x-rivulet-console': '1' };

const store = createMemoryStore();
let started: StartedGateway;

let logins = 0;
/** Each from an address of its own, which a proxy names: one address may not sign in as often as these tests do. */
function login(token: string, headers: Record<string, string> = HEADER): Promise<Response> {
  logins += 1;
  const address = `10.0.${logins >> 8}.${logins & 255}`;
  return fetch(`${started.url}/admin/api/login`, {
    method: 'POST',
    headers: { ...headers, 'x-forwarded-for': address },
    body: JSON.stringify({ token }),
  });
}
const cookieOf = (response: Response) => response.headers.getSetCookie()[0]?.split(';')[0] ?? '';

/** A conversation of the site `shop` with a question and a finished answer. */
async function converse(): Promise<ConversationId> {
  const client = await ProtocolClient.connect(started.url, { site: 'shop' });
  const ids = { conversationId: mintConversationId(randomBytes), messageId: mintMessageId(randomBytes) };
  client.send({ type: 'send-message', ...ids, parts: [{ type: 'text', text: MARKER }] });
  const scene = await started.provider.next();
  scene.emitText('An answer.');
  scene.finish();
  await client.received('run-finished');
  return ids.conversationId;
}

interface Asked {
  id?: string;
  cookie?: string;
  headers?: Record<string, string>;
}
async function ask(name: RouteName, { id = 'x', cookie = '', headers = HEADER }: Asked) {
  const { method, path } = partsOfRoute(name);
  const response = await fetch(started.url + path.replace(':id', id), {
    method: method.toUpperCase(),
    headers: { cookie, ...headers },
    ...(name.startsWith('POST') ? { body: '{"reason":"case 7"}' } : {}),
  });
  const text = name.endsWith('/live') ? await readSnapshot(response) : await response.text();
  return { status: response.status, text };
}
/** A stream is read until it has the whole state. A refusal ends by itself. */
async function readSnapshot({ body }: Response): Promise<string> {
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (text.includes('"synced"')) break;
  }
  return text;
}

beforeAll(async () => {
  const sites = ['shop', 'blog'].map((id) => ({ id, origins: ['self'] }));
  started = await startGateway({ adminUsers: USERS, sites, store, trustProxy: 1 });
});
afterAll(async () => {
  await started.stop();
});

const freshCookie = async (name: string): Promise<string> => cookieOf(await login(`the token of ${name}`));

describe('logging in', () => {
  it('is not done for a page of another origin, or without the header', async () => {
    const foreign = [
      {},
      { ...HEADER, origin: 'https://stranger.example' },
      { ...HEADER, 'sec-fetch-site': 'cross-site' },
    ];
    for (const headers of foreign as Record<string, string>[])
      expect((await login('the token of admin', headers)).status).toBe(403);
  });
});

describe('a session', () => {
  it('has a cookie that scripts and other sites cannot use, and over https only this host', async () => {
    const [plain] = (await login('the token of admin')).headers.getSetCookie();
    expect(plain).toMatch(
      /^rivulet-console=[0-9a-f]{64}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=43200$/,
    );
    const origin = started.url.replace('http:', 'https:');
    const [secure] = (await login('the token of admin', { ...HEADER, origin })).headers.getSetCookie();
    expect(secure).toMatch(
      /^__Host-rivulet-console=[0-9a-f]{64}; Secure; Path=\/; HttpOnly; SameSite=Strict/,
    );
  });

  it('is listed without its secret, and ends at once when an admin ends it', async () => {
    const [cookie, admin] = [await freshCookie('viewer'), await freshCookie('admin')];
    const { text } = await ask('GET /admin/api/sessions', { cookie: admin });
    expect(text).not.toMatch(/digest|tokenId/);
    const { sessions } = JSON.parse(text) as { sessions: { id: string; userName: string }[] };
    const { id } = sessions.find(({ userName }) => userName === 'viewer')!;
    expect((await ask('GET /admin/api/me', { cookie })).status).toBe(200);
    for (const each of sessions.filter(({ userName }) => userName === 'viewer'))
      expect((await ask('DELETE /admin/api/sessions/:id', { id: each.id, cookie: admin })).status).toBe(204);
    expect((await ask('GET /admin/api/me', { cookie })).status).toBe(401);
    expect((await ask('DELETE /admin/api/sessions/:id', { id, cookie: admin })).status).toBe(404);
  });

  it('holds on every gateway of the store, and ends with the token of its user', async () => {
    const request = { headers: { cookie: await freshCookie('viewer') } };
    const on = (tokenHash: string) =>
      createConsoleSessions({
        users: [{ name: 'viewer', role: 'viewer', tokenHash }],
        ...{ store, clock: systemClock, random: randomBytes, addressOf: () => '203.0.113.7' },
      });
    expect((await on(sha256('the token of viewer')).find(request))?.user.name).toBe('viewer');
    expect(await on(sha256('another token')).find(request)).toBeUndefined();
  });
});

describe('the console', () => {
  it('records what is done and read, with who did it, and refuses nothing silently', async () => {
    const id = await converse();
    const cookie = await freshCookie('admin');
    await ask('GET /admin/api/conversations/:id', { id, cookie });
    await login('a wrong token');
    const { text } = await ask('GET /admin/api/audit', { cookie });
    const { entries } = JSON.parse(text) as { entries: Record<string, unknown>[] };
    expect(entries.slice(0, 20)).toContainEqual(
      expect.objectContaining({
        userName: 'admin',
        action: 'console-read-conversation',
        target: id,
        siteId: 'shop',
      }),
    );
    expect(entries).toContainEqual(
      expect.objectContaining({ userName: '', action: 'console-login-refused' }),
    );
    expect(text).not.toContain(MARKER);
  });

  it('finds conversations by their text, in pages', async () => {
    await converse();
    await converse();
    const headers = { cookie: await freshCookie('viewer') };
    const search = async (query: string) =>
      (await (await fetch(`${started.url}/admin/api/conversations?${query}`, { headers })).json()) as {
        conversations: { id: string; title: string }[];
        next: string | null;
      };
    const first = await search(`text=${MARKER.toUpperCase()}&site=shop&limit=1`);
    const second = await search(`text=${MARKER}&site=shop&limit=1&after=${first.next ?? ''}`);
    expect([first.conversations.length, second.conversations.length]).toEqual([1, 1]);
    expect(first.conversations[0]?.id).not.toBe(second.conversations[0]?.id);
    expect((await search('text=nothing-like-this')).conversations).toEqual([]);
  });

  it('allows ten logins a minute from one address', async () => {
    const limited = await startGateway({ adminUsers: USERS });
    const statuses: number[] = [];
    for (let attempt = 0; attempt < 11; attempt += 1) {
      const init = { method: 'POST', headers: HEADER, body: '{"token":"wrong"}' };
      statuses.push((await fetch(`${limited.url}/admin/api/login`, init)).status);
    }
    expect(statuses).toEqual([...Array.from({ length: 10 }, () => 401), 429]);
    await limited.stop();
  });

  it('is not there without users, nor on the listener of visitors when operators have their own', async () => {
    for (const options of [{}, { adminUsers: USERS, adminListener: 'own' as const }]) {
      const without = await startGateway(options);
      const response = await fetch(`${without.url}/admin/api/me`);
      expect([response.status, response.headers.get('content-security-policy')]).toEqual([
        404,
        "default-src 'none'",
      ]);
      await without.stop();
    }
  });
});
