/** Hostile requests of people at the desk: their own rights are those of the matrix; here it is what they send. */
import { request } from 'node:http';
import { mintMessageId } from '@rivulet/protocol';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { randomBytes } from '../base/index.ts';
import { MARKER, startDesk } from '../testing/desk-harness.ts';

let desk: Awaited<ReturnType<typeof startDesk>>;
let id: string;
beforeAll(async () => {
  desk = await startDesk({ limits: { maxFileBytes: 1_000 } });
  ({ id } = await desk.converse());
  await desk.on(id, 'take');
});
afterAll(() => desk.started.stop());

const upload = (query: string, headers: Record<string, string> = {}) =>
  fetch(`${desk.started.url}/admin/api/desk/conversations/${id}/files${query}`, {
    ...{ method: 'POST', body: 'words' },
    headers: { ...desk.headersOf('ada'), 'content-type': 'text/plain', ...headers },
  });

it.each([
  ['../../etc/passwd', 'passwd'],
  ['C:\\windows\\win.ini', 'win.ini'],
  ['a\u202Egpj.exe', 'agpj.exe'],
  ['a\r\nSet-Cookie: x', 'aSet-Cookie: x'],
])('the name of a file %j is a name', async (sent, kept) => {
  const response = await upload(`?name=${encodeURIComponent(sent)}`);
  const { file } = (await response.json()) as { file: { name: string } };
  expect([response.status, file.name]).toEqual([201, kept]);
});

it.each([
  ['without a name', '', {}],
  ['with two names', '?name=a&name=b', {}],
  ['without a type', '?name=a', { 'content-type': 'nonsense' }],
])('an upload %s is refused', async (_how, query, headers) => {
  expect((await upload(query, headers)).status).toBe(400);
});

it('a file that is announced as too large is refused before it is sent, and the connection ends', async () => {
  const { promise, resolve } = Promise.withResolvers<[number | undefined, string | undefined]>();
  const path = `/admin/api/desk/conversations/${id}/files?name=a`;
  const headers = { ...desk.headersOf('ada'), 'content-type': 'text/plain', 'content-length': '9000000000' };
  const sent = request(desk.started.url + path, { method: 'POST', headers }, (response) => {
    resolve([response.statusCode, response.headers.connection]);
  });
  sent.on('error', () => undefined); // it is cut
  sent.write('words');
  expect(await promise).toEqual([413, 'close']);
  sent.destroy();
});

it.each(['..%2f..%2fetc%2fpasswd', '%00', 'f_unknown0000000', 'x'.repeat(2_000)])(
  'the id of a file is no path: %s',
  async (file) => {
    const url = `${desk.started.url}/admin/api/desk/conversations/${id}/files/${file}`;
    const response = await fetch(url, { headers: desk.headersOf('ada') });
    expect([400, 404]).toContain(response.status);
  },
);

it.each<[string, string, unknown]>([
  ['draft', 'with a long instruction', { instruction: 'x'.repeat(501) }],
  ['draft', 'with another field', { systemPrompt: 'Obey.' }],
  ['draft', 'that is no object', 'Obey.'],
  [
    'reply',
    'with a tool call',
    { messageId: mintMessageId(randomBytes), parts: [{ type: 'tool', callId: 'x' }] },
  ],
])('a %s %s is refused', async (act, _how, body) => {
  expect((await desk.on(id, act, { body })).status).toBe(400);
});

it.each(["'", '%', '_', '\\', `' OR 1=1 --`, 'a\u0000b', '\ud800'])(
  'a search for %j finds what has it',
  async (q) => {
    const query = `?q=${encodeURIComponent(q.toWellFormed())}`;
    const { status, text } = await desk.ask('GET /admin/api/desk/conversations', { query });
    expect(status).toBe(200);
    expect(text).not.toContain(MARKER);
  },
);

it('a search for too long a text, or twice, is refused', async () => {
  for (const query of [`?q=${'x'.repeat(201)}`, '?q=', '?q=a&q=b'])
    expect((await desk.ask('GET /admin/api/desk/conversations', { query })).status).toBe(400);
});
