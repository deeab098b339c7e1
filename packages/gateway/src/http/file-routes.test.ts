import { connect } from 'node:net';
import { mintConversationId, mintMessageId, type ConversationId, type UserPart } from '@rivulet/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMemoryFileStore } from '../files/memory.ts';
import type { FileStore } from '../files/file-store.ts';
import { randomBytes } from '../base/index.ts';
import { ProtocolClient } from '../testing/protocol-client.ts';
import { startGateway, type StartedGateway } from '../testing/start-gateway.ts';

const PNG = '\x89PNG\r\n\x1a\n0123456789';
const SECRET = 'a secret for tests, 32 bytes long';

interface Uploaded {
  fileId: string;
  url: string;
}

let started: StartedGateway;
let files: FileStore;
let client: ProtocolClient;
let token: string;

async function start(options: Parameters<typeof startGateway>[0] = {}): Promise<void> {
  files = createMemoryFileStore();
  started = await startGateway({ files: { store: files, secret: SECRET }, ...options });
  [client, token] = await visit();
}
async function visit(): Promise<[ProtocolClient, string]> {
  const visitor = await ProtocolClient.connect(started.url);
  return [visitor, (await visitor.received('welcome')).token ?? ''];
}
beforeEach(() => start());
afterEach(() => started.stop());

const bearer = (value = token) => ({ Authorization: `Bearer ${value}` });
const upload = (content: BodyInit, type: string, more: { name?: string; as?: string } = {}) =>
  fetch(`${started.url}/v1/files?site=demo&name=${encodeURIComponent(more.name ?? 'a file')}`, {
    method: 'POST',
    body: content,
    headers: { 'Content-Type': type, ...bearer(more.as) },
  });
const uploaded = async (content: BodyInit = 'some words', type = 'text/plain'): Promise<Uploaded> => {
  const response = await upload(content, type);
  expect(response.status).toBe(201);
  return (await response.json()) as Uploaded; // the gateway's own answer
};
const at = (path: string) => `${started.url}/${path}`;
const errorOf = async (response: Response) => [
  response.status,
  ((await response.json()) as { code: string }).code,
];

describe('an upload', () => {
  it('is answered with the stored file and a URL that opens it', async () => {
    const response = await upload(Buffer.from(PNG, 'latin1'), 'image/png', { name: '../../pïc "1".png' });
    const file = (await response.json()) as Uploaded;
    expect(file).toMatchObject({ name: 'pïc "1".png', mediaType: 'image/png', sizeBytes: PNG.length });
    const opened = await fetch(at(file.url));
    expect(Buffer.from(await opened.arrayBuffer()).toString('latin1')).toBe(PNG);
    expect(Object.fromEntries(opened.headers)).toMatchObject({
      'content-type': 'image/png',
      'content-disposition': `inline; filename*=UTF-8''p%C3%AFc%20%221%22.png`,
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
      'cache-control': 'no-store',
    });
  });

  it('that is not a safe image is always served as a download', async () => {
    const { url } = await uploaded('<script>alert(1)</script>');
    expect((await fetch(at(url))).headers.get('content-disposition')).toMatch(/^attachment;/);
  });

  it.each([
    ['of a type that the site does not accept', '<b>', 'text/html', 400, 'unsupported'],
    ['whose content does not match its type', '<svg onload=alert(1)>', 'image/png', 400, 'unsupported'],
    ['with an invalid media type', 'x', 'nonsense', 400, 'bad-frame'],
    ['over the size limit', 'x'.repeat(10 * 1024 * 1024 + 1), 'text/plain', 413, 'too-large'],
  ])('%s is rejected, and nothing of it is stored', async (_case, content, type, status, code) => {
    expect(await errorOf(await upload(content, type))).toEqual([status, code]);
    const { principal } = await client.received('welcome');
    expect(await files.usageOf({ siteId: 'demo', ownerId: principal.id })).toEqual({ files: 0, bytes: 0 });
  });

  it('that exceeds the limit while it streams is rejected, whatever its declared length', async () => {
    await started.stop();
    await start({ limits: { maxFileBytes: 1_000 } });
    const { host, hostname, port } = new URL(started.url);
    const socket = connect(Number(port), hostname);
    socket.write(
      `POST /v1/files?site=demo&name=x HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${token}\r\n` +
        'Content-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n',
    );
    socket.write(`${(600).toString(16)}\r\n${'x'.repeat(600)}\r\n`.repeat(2));
    let answer = '';
    for await (const piece of socket) answer += String(piece);
    expect(answer).toMatch(/^HTTP\/1\.1 413 [^]*"code":"too-large"/);
  });

  it('that is interrupted leaves nothing behind', async () => {
    const { host, hostname, port } = new URL(started.url);
    const socket = connect(Number(port), hostname);
    socket.write(
      `POST /v1/files?site=demo&name=x HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${token}\r\n` +
        'Content-Type: text/plain\r\nContent-Length: 100\r\n\r\nhalf',
    );
    socket.destroySoon();
    const { principal } = await client.received('welcome');
    // It settles once the gateway has noticed the end of the connection.
    await expect
      .poll(() => files.usageOf({ siteId: 'demo', ownerId: principal.id }))
      .toEqual({ files: 0, bytes: 0 });
    expect((await fetch(at('healthz'))).status).toBe(200);
  });

  it.each([
    ['without a token', '', 401, 'unauthenticated'],
    ['with a forged token', 'forged', 401, 'unauthenticated'],
  ])('%s is rejected', async (_case, as, status, code) => {
    expect(await errorOf(await upload('x', 'text/plain', { as }))).toEqual([status, code]);
  });

  it('beyond the quota of its visitor is rejected, even among concurrent uploads; another visitor’s is accepted', async () => {
    await started.stop();
    await start({ limits: { maxVisitorFiles: 2 } });
    const answers = await Promise.all(Array.from({ length: 5 }, () => upload('x', 'text/plain')));
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 201).length).toBeLessThanOrEqual(2);
    expect(statuses).toContain(429);
    const [, other] = await visit();
    expect((await upload('x', 'text/plain', { as: other })).status).toBe(201);
  });

  it('from a page of another origin is rejected before its body is read', async () => {
    const headers = { Origin: 'https://evil.example', ...bearer() };
    expect(await errorOf(await fetch(at('v1/files?name=x'), { method: 'POST', headers }))).toEqual([
      403,
      'origin-denied',
    ]);
  });

  it('from a page of the site is allowed by the preflight, as is a removal', async () => {
    const headers = { Origin: 'http://localhost:5173', 'Access-Control-Request-Method': 'DELETE' };
    const preflight = await fetch(at('v1/files/f_12345678'), { method: 'OPTIONS', headers });
    expect(preflight.headers.get('access-control-allow-methods')).toMatch(/GET, POST,.* DELETE/);
  });
});

describe('a file', () => {
  it('can be read with its visitor’s token, and with no other', async () => {
    const { fileId } = await uploaded();
    const [, other] = await visit();
    const open = (headers: HeadersInit) => fetch(at(`v1/files/${fileId}?site=demo`), { headers });
    expect(await (await open(bearer())).text()).toBe('some words');
    expect(await errorOf(await open(bearer(other)))).toEqual([404, 'not-found']);
    expect(await errorOf(await open({}))).toEqual([401, 'unauthenticated']);
  });

  it('cannot be read with a modified URL, whatever the token', async () => {
    const { url } = await uploaded();
    const changed = await fetch(at(`${url}x`), { headers: bearer() });
    expect(await errorOf(changed)).toEqual([403, 'forbidden']);
  });

  it('gets a new URL for its visitor only', async () => {
    const { fileId } = await uploaded();
    const ask = (as: string) =>
      fetch(at(`v1/files/${fileId}/link?site=demo`), { method: 'POST', headers: bearer(as) });
    const { url } = (await (await ask(token)).json()) as Uploaded;
    expect(await (await fetch(at(url))).text()).toBe('some words');
    expect((await ask((await visit())[1])).status).toBe(404);
  });

  it('can be removed by its visitor until it is sent', async () => {
    const { fileId } = await uploaded();
    const remove = (as: string) =>
      fetch(at(`v1/files/${fileId}?site=demo`), { method: 'DELETE', headers: bearer(as) });
    expect((await remove((await visit())[1])).status).toBe(404);
    expect((await remove(token)).status).toBe(204);
    expect((await remove(token)).status).toBe(404);
    const sent = await uploaded();
    await send([filePart(sent.fileId)]);
    const late = await fetch(at(`v1/files/${sent.fileId}?site=demo`), {
      method: 'DELETE',
      headers: bearer(),
    });
    expect(await errorOf(late)).toEqual([409, 'conflict']);
  });
});

const filePart = (fileId: string): UserPart => ({
  type: 'file',
  fileId,
  name: 'liar.exe',
  mediaType: 'application/x-msdownload',
  sizeBytes: 1,
});
function send(
  parts: UserPart[],
  conversationId: ConversationId = mintConversationId(randomBytes),
  by = client,
) {
  const messageId = mintMessageId(randomBytes);
  return by.answer(by.send({ type: 'send-message', conversationId, messageId, parts }));
}

describe('a message with a file', () => {
  it('describes the file as the gateway stored it, not as the sender says', async () => {
    const { fileId } = await uploaded();
    expect(await send([filePart(fileId), { type: 'text', text: 'Look' }])).toMatchObject({
      type: 'accepted',
    });
    await client.received('synced');
    expect(client.view?.conversation.messages[0]?.parts[0]).toEqual({
      type: 'file',
      fileId,
      name: 'a file',
      mediaType: 'text/plain',
      sizeBytes: 10,
    });
  });

  it.each(['f_notthere0', '../../etc/passwd', ''])('that does not exist (%j) is rejected', async (fileId) => {
    const answer = await send([filePart(fileId)]);
    expect(answer).toMatchObject({ type: 'rejected', error: { code: 'not-found' } });
  });

  it('of another visitor is rejected', async () => {
    const { fileId } = await uploaded();
    const [other] = await visit();
    const answer = await send([filePart(fileId)], undefined, other);
    expect(answer).toMatchObject({ type: 'rejected', error: { code: 'not-found' } });
  });

  it('may contain the same file again in its conversation, and in no other', async () => {
    const { fileId } = await uploaded();
    const conversationId = mintConversationId(randomBytes);
    for (const _ of [1, 2])
      expect(await send([filePart(fileId)], conversationId)).toMatchObject({ type: 'accepted' });
    expect(await send([filePart(fileId)])).toMatchObject({ type: 'rejected', error: { code: 'conflict' } });
  });
});

describe('welcome', () => {
  it('announces what may be attached, and nothing for a site without file types', async () => {
    expect((await client.received('welcome')).files).toMatchObject({ maxBytes: 10 * 1024 * 1024 });
    await started.stop();
    await start({ sites: [{ id: 'demo', origins: ['self'], fileTypes: [] }] });
    expect((await client.received('welcome')).files).toBeUndefined();
    expect(await errorOf(await upload('x', 'text/plain'))).toEqual([400, 'unsupported']);
  });
});

describe('erasing', () => {
  const erase = (path: string) => fetch(at(`v1/${path}?site=demo`), { method: 'DELETE', headers: bearer() });
  const isThere = async (url: string) => (await fetch(at(url))).status === 200;

  it('a conversation erases its files, and not files that were not sent', async () => {
    const [sent, unsent] = [await uploaded(), await uploaded()];
    const conversationId = mintConversationId(randomBytes);
    await send([filePart(sent.fileId)], conversationId);
    (await started.provider.next()).finish();
    await client.received('run-finished');
    expect((await erase(`conversations/${conversationId}`)).status).toBe(204);
    expect([await isThere(sent.url), await isThere(unsent.url)]).toEqual([false, true]);
  });

  it('a visitor erases all of their files, and no other visitor’s', async () => {
    const [, other] = await visit();
    const theirs = (await (await upload('x', 'text/plain', { as: other })).json()) as Uploaded;
    const mine = await uploaded();
    expect((await erase('visitor')).status).toBe(200);
    expect([await isThere(mine.url), await isThere(theirs.url)]).toEqual([false, true]);
  });
});
