/** Files in conversations at the desk: who may send them, who may read them, and that they are the visitor's. */
import { mintMessageId, type FilePart } from '@rivulet/protocol';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { randomBytes } from '../base/index.ts';
import { startDesk } from '../testing/desk-harness.ts';

let desk: Awaited<ReturnType<typeof startDesk>>;
beforeAll(async () => {
  desk = await startDesk({ limits: { maxFileBytes: 1_000, maxVisitorFiles: 3 } });
});
afterAll(() => desk.started.stop());

const urlOf = (id: string, rest: string) =>
  `${desk.started.url}/admin/api/desk/conversations/${id}/files${rest}`;
async function upload(id: string, { by = 'ada', type = 'text/plain', body = 'the manual' } = {}) {
  const headers = { ...desk.headersOf(by), 'content-type': type };
  const response = await fetch(urlOf(id, '?name=manual.txt'), { method: 'POST', headers, body });
  const { file, code } = (await response.json()) as { file: FilePart; code?: string };
  return { status: response.status, file, code };
}
const replyOf = (...parts: object[]) => ({ body: { messageId: mintMessageId(randomBytes), parts } });
async function taken(site = 'shop', by = 'ada') {
  const conversation = await desk.converse(site);
  await desk.on(conversation.id, 'take', { by });
  return conversation;
}
/** As the visitor of a token reads it. */
const readAs = (token: string, fileId: string, site = 'shop') =>
  fetch(`${desk.started.url}/v1/files/${fileId}?site=${site}`, {
    headers: { authorization: `Bearer ${token}` },
  });

it('a file that a person sends is shown to the visitor, who may read it, and nobody else', async () => {
  const [{ id, client, token }, other] = [await taken(), await desk.converse()];
  const { status, file } = await upload(id);
  expect([status, file]).toEqual([
    201,
    { type: 'file', fileId: file.fileId, name: 'manual.txt', mediaType: 'text/plain', sizeBytes: 10 },
  ]);
  // What the client says of the file is not believed.
  const claimed = { ...file, name: 'other.exe', sizeBytes: 1 };
  const reply = replyOf({ type: 'text', text: 'Here it is.' }, claimed);
  expect((await desk.on(id, 'reply', reply)).status).toBe(200);
  expect((await desk.on(id, 'reply', reply)).status).toBe(200); // sent again: it is added once
  await client.until(() => client.view?.conversation.messages.at(-1)?.role === 'agent', 'the reply');
  const messages = client.view?.conversation.messages ?? [];
  expect(messages.filter(({ role }) => role === 'agent').map(({ parts }) => parts[1])).toEqual([file]);
  expect(await (await readAs(token, file.fileId)).text()).toBe('the manual');
  expect((await readAs(other.token, file.fileId)).status).toBe(404);
});

it('a person reads the files of their conversations, and of no other', async () => {
  const [{ id }, other, blog] = [await taken(), await taken(), await taken('blog', 'cy')];
  const { file } = await upload(id);
  const read = (of: string, by = 'ada') =>
    fetch(urlOf(of, `/${file.fileId}`), { headers: desk.headersOf(by) });
  expect((await read(id)).status).toBe(404); // nobody has sent it yet
  await desk.on(id, 'reply', replyOf(file));
  const response = await read(id);
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'content-security-policy': "default-src 'none'; sandbox",
    'content-disposition': `attachment; filename*=UTF-8''manual.txt`,
    'cross-origin-resource-policy': 'same-origin',
    'cache-control': 'no-store',
  });
  expect(await response.text()).toBe('the manual');
  for (const stranger of [other.id, blog.id]) expect((await read(stranger)).status).toBe(404);
  expect((await read(id, 'cy')).status).toBe(404);
  expect((await read(id, 'viewer')).status).toBe(403);
});

it('the limits of the visitor hold, and only who has the conversation sends files', async () => {
  const { id } = await taken();
  expect(await upload(id, { by: 'bob' })).toMatchObject({ status: 409, code: 'conflict' });
  expect(await upload(id, { body: 'x'.repeat(1_001) })).toMatchObject({ status: 413, code: 'too-large' });
  expect(await upload(id, { type: 'text/html' })).toMatchObject({ status: 400, code: 'unsupported' });
  const fake = await upload(id, { type: 'image/png', body: 'no image' });
  expect(fake).toMatchObject({ status: 400, code: 'unsupported' });
  for (let turn = 0; turn < 3; turn += 1) expect((await upload(id)).status).toBe(201);
  expect(await upload(id)).toMatchObject({ status: 429, code: 'quota-exceeded' });
});

it('a reply takes no file of another visitor, and none that was sent in another conversation', async () => {
  const [{ id, token }, other] = [await taken(), await taken()];
  const [{ file: foreign }, { file: mine }] = [await upload(other.id), await upload(id)];
  expect((await desk.on(id, 'reply', replyOf(foreign))).status).toBe(404);
  await desk.on(id, 'reply', replyOf(mine));
  expect((await desk.on(other.id, 'reply', replyOf(mine))).status).toBe(404);
  expect((await readAs(token, foreign.fileId)).status).toBe(404);
});

it('is erased with the conversation', async () => {
  const { id, token } = await taken();
  const { file } = await upload(id);
  await desk.on(id, 'reply', replyOf(file));
  const headers = { authorization: `Bearer ${token}` };
  await fetch(`${desk.started.url}/v1/conversations/${id}?site=shop`, { method: 'DELETE', headers });
  expect((await readAs(token, file.fileId)).status).toBe(404);
});
