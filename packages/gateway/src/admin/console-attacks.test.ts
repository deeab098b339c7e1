/** Attacks on the console that are about one thing each: cookies, proxies, bodies, the audit log. Who may ask for what is in console-matrix.test.ts. */
import { request } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { randomBytes, systemClock } from '../base/index.ts';
import type { GatewayOptions } from '../gateway-options.ts';
import { createMemoryStore } from '../stores/memory.ts';
import { CONSOLE_ACTORS, CONSOLE_USERS, cookieOfActor } from '../testing/console-actors.ts';
import { startGateway, type StartedGateway } from '../testing/start-gateway.ts';
import { createConsoleSessions } from './console-sessions.ts';

const HEADER = { 'x-rivulet-console': '1' };
const TOKEN = 'the token of admin-of-all-sites';
const ADMIN = CONSOLE_ACTORS.find(({ name }) => name === 'admin-of-all-sites')!;

let started: StartedGateway;
let store: ReturnType<typeof createMemoryStore>;
const start = async (options: Partial<GatewayOptions> = {}) => {
  store = createMemoryStore();
  started = await startGateway({ adminUsers: CONSOLE_USERS, store, ...options });
};
const restart = async (options: Partial<GatewayOptions>) => {
  await started.stop();
  await start(options);
};
beforeEach(() => start());
afterEach(() => started.stop());

interface Sent {
  method?: string;
  headers?: Record<string, string>;
  body?: string | Uint8Array;
}
/** Sends a request with exactly these headers, `Host` included. */
function send(path: string, { method = 'GET', headers = {}, body }: Sent = {}) {
  const { promise, resolve, reject } = Promise.withResolvers<{
    status: number;
    text: string;
    cookies: string[];
  }>();
  const sent = request(started.url + path, { method, headers }, (response) => {
    let text = '';
    response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    response.on('end', () => {
      resolve({ status: response.statusCode ?? 0, text, cookies: response.headers['set-cookie'] ?? [] });
    });
  });
  sent.on('error', reject).end(body);
  return promise;
}
const login = (token: string, headers: Record<string, string> = {}) =>
  send('/admin/api/login', {
    ...{ method: 'POST', headers: { ...HEADER, ...headers } },
    body: JSON.stringify({ token }),
  });
const audited = async (limit: number) => store.console.listAudit({ atMs: Number.MAX_VALUE, id: '' }, limit);

describe('a cookie', () => {
  it('that was planted before the login is not the session after it, and the session before it has ended', async () => {
    const planted = await cookieOfActor(ADMIN, store);
    const { cookies } = await login(TOKEN, { cookie: planted });
    expect(cookies[0]?.split(';')[0]).not.toBe(planted);
    expect((await send('/admin/api/me', { headers: { cookie: planted } })).status).toBe(401);
  });

  it.each<[string, Partial<GatewayOptions>, Record<string, string>]>([
    ['adminUrl says so', { adminUrl: 'https://console.example' }, {}],
    ['the browser says so', {}, { host: 'console.example', 'sec-fetch-site': 'same-origin' }],
    ['the origin says so', {}, { host: 'console.example', origin: 'https://console.example' }],
  ])('that a neighbour of the domain can set does not count over https: %s', async (_, options, headers) => {
    await restart(options);
    const cookie = await cookieOfActor(ADMIN, store);
    expect((await send('/admin/api/me', { headers: { ...headers, cookie } })).status).toBe(401);
    const secure = `${cookie}; __Host-${cookie}`;
    expect((await send('/admin/api/me', { headers: { ...headers, cookie: secure } })).status).toBe(200);
    expect((await login(TOKEN, headers)).cookies[0]).toMatch(/^__Host-rivulet-console=\w+; Secure;/);
  });

  it('of the own machine needs no https, though the browser sends its fetch metadata there, too', async () => {
    const { host } = new URL(started.url);
    const { cookies } = await login(TOKEN, { host, 'sec-fetch-site': 'same-origin' });
    expect(cookies[0]).toMatch(/^rivulet-console=/);
  });
});

describe('a session', () => {
  it('has the role that its user has now', async () => {
    const headers = { cookie: await cookieOfActor(ADMIN, store) };
    const roleBy = async (role: 'viewer' | 'admin') => {
      const users = CONSOLE_USERS.map((user) => ({ ...user, role }));
      const shared = { clock: systemClock, random: randomBytes, addressOf: () => '203.0.113.7' };
      return (await createConsoleSessions({ users, store, ...shared }).find({ headers }))?.user.role;
    };
    expect([await roleBy('admin'), await roleBy('viewer')]).toEqual(['admin', 'viewer']);
  });
});

describe('a proxy, or who says to be one,', () => {
  it('does not give a client more logins with other addresses, unless it is trusted', async () => {
    const statuses: number[] = [];
    for (let attempt = 0; attempt < 11; attempt += 1)
      statuses.push((await login('wrong', { 'x-forwarded-for': `203.0.113.${attempt}` })).status);
    expect(statuses.at(-1)).toBe(429);
  });

  it('cannot turn a request into another one, or an origin into the own one', async () => {
    const cookie = await cookieOfActor(ADMIN, store);
    const id = (await store.console.listSessions(0))[0]!.id;
    const headers = {
      ...HEADER,
      cookie,
      'x-http-method-override': 'DELETE',
      'x-original-url': '/admin/api/audit',
    };
    expect((await send(`/admin/api/sessions/${id}`, { method: 'POST', headers })).status).toBe(404);
    expect((await send('/v1/nothing', { headers })).status).toBe(404);
    expect(await store.console.listSessions(0)).toHaveLength(1);
    const forged = { origin: 'https://evil.example', 'x-forwarded-host': 'evil.example' };
    expect((await login(TOKEN, forged)).status).toBe(403);
  });

  it.each(['/ADMIN/API/ME', '/admin/api/me/', '//admin/api/me', '/admin/api/../api/me', '/admin/api/%6De'])(
    'that passes %s on gets nothing without a session',
    async (path) => {
      const { status, text } = await send(path);
      expect([401, 404]).toContain(status);
      expect(text).not.toContain('"user"');
    },
  );
});

describe('a body', () => {
  const headers = { ...HEADER, 'content-type': 'text/plain' };
  it.each<[string, Sent, number]>([
    ['of more than 4 KiB', { body: JSON.stringify({ token: 'x'.repeat(5_000) }) }, 413],
    [
      'that is small and unpacks to 10 MB',
      { body: gzipSync('x'.repeat(10_000_000)), headers: { 'content-encoding': 'gzip' } },
      413,
    ],
    ['in an unknown encoding', { body: '{}', headers: { 'content-encoding': 'x' } }, 400],
    ['that is no JSON', { body: '{"token":' }, 400],
    ['with a field that there is not', { body: '{"token":"x","role":"admin"}' }, 400],
    ['with a token that is no text', { body: '{"token":{"$ne":""}}' }, 400],
    ['with a token of 1 KB', { body: JSON.stringify({ token: 'x'.repeat(1_000) }) }, 400],
    ['that pollutes prototypes', { body: '{"__proto__":{"token":"x"}}' }, 400],
  ])('%s is refused', async (_, sent, status) => {
    const answer = await send('/admin/api/login', {
      ...sent,
      method: 'POST',
      headers: { ...headers, ...sent.headers },
    });
    expect([answer.status, answer.text]).toEqual([status, expect.not.stringContaining('xxx')]);
  });
});

describe('the audit log', () => {
  it('has no line breaks and no control characters, whatever is asked for', async () => {
    const headers = { ...HEADER, cookie: await cookieOfActor(ADMIN, store) };
    const text = encodeURIComponent('x\r\n\u202e2026 owner console-erase');
    await send(`/admin/api/sessions/${text}`, { method: 'DELETE', headers });
    await send(`/admin/api/conversations?site=${text}`, { headers });
    const entries = await audited(5);
    expect(entries.map(({ target, siteId }) => target + siteId).toSorted()).toEqual([
      'x???2026 owner console-erase',
      'x???2026 owner console-erase',
    ]);
  });

  it('is not filled by strangers: of the refused logins of a minute it keeps sixty', async () => {
    await restart({ trustProxy: 1 });
    for (let attempt = 0; attempt < 70; attempt += 1)
      expect((await login('wrong', { 'x-forwarded-for': `10.2.0.${attempt}` })).status).toBe(401);
    await login(TOKEN, { 'x-forwarded-for': '10.2.1.1' });
    const entries = await audited(100);
    const countOf = (action: string) => entries.filter((entry) => entry.action === action).length;
    expect([countOf('console-login-refused'), countOf('console-login')]).toEqual([60, 1]);
  });

  it('comes first: what cannot be recorded is neither shown nor done', async () => {
    const headers = { ...HEADER, cookie: await cookieOfActor(ADMIN, store) };
    const id = (await store.console.listSessions(0))[0]!.id;
    store.console.appendAudit = () => Promise.reject(new Error('the disk is full'));
    expect((await send(`/admin/api/sessions/${id}`, { method: 'DELETE', headers })).status).toBe(500);
    expect((await send('/admin/api/audit', { headers })).status).toBe(500);
    expect((await login(TOKEN)).cookies).toEqual([]);
    expect(await store.console.listSessions(0)).toHaveLength(1);
  });
});
