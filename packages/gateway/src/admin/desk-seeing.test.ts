/** What people at the desk see of conversations besides their messages: who is typing, and what a search finds. */
import { mintMessageId } from '@rivulet/protocol';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { randomBytes } from '../base/index.ts';
import { DESK_USERS, startDesk } from '../testing/desk-harness.ts';
import { personOf } from './desk-person.ts';

let desk: Awaited<ReturnType<typeof startDesk>>;
beforeAll(async () => {
  desk = await startDesk();
});
afterAll(() => desk.started.stop());

const replyOf = (text: string) => ({
  ...{ messageId: mintMessageId(randomBytes), parts: [{ type: 'text', text }] },
});

it('a conversation shows who reads along that the visitor is typing, and not what people at the desk type', async () => {
  const { client, id } = await desk.converse();
  await desk.on(id, 'take');
  const url = `${desk.started.url}/admin/api/conversations/${id}/live`;
  const reading = await fetch(url, { headers: desk.headersOf('ada') });
  const reader = reading.body!.pipeThrough(new TextDecoderStream()).getReader();
  let seen = '';
  const readUntil = async (text: string) => {
    while (!seen.includes(text)) seen += (await reader.read()).value ?? '';
  };
  await readUntil('"synced"');
  await desk.on(id, 'typing', { body: { isTyping: true } });
  await client.answer(client.send({ type: 'typing', conversationId: id, isTyping: true }));
  await readUntil('"type":"typing"');
  expect(seen).not.toContain(`"participantId":"${personOf(DESK_USERS[1]).id}`);
  await reader.cancel();
});

it('a conversation is found by a text in it, by whoever may see it', async () => {
  const [{ id }, other] = [await desk.converse(), await desk.converse('blog')];
  for (const each of [id, other.id]) await desk.on(each, 'take');
  await desk.on(id, 'reply', { body: replyOf('The Purple one.') });
  await desk.on(other.id, 'reply', { body: replyOf('A purple blog.') });
  const find = async (query: string, by = 'ada') => {
    const { json } = await desk.ask('GET /admin/api/desk/conversations', { by, query });
    return [json.conversations.map((each) => each.id).toSorted(), json.next] as const;
  };
  expect(await find('?q=purple')).toEqual([[id, other.id].toSorted(), null]);
  expect(await find('?q=purple&site=shop')).toEqual([[id], null]);
  expect(await find('?q=purple', 'cy')).toEqual([[other.id], null]);
  expect(await find('?q=purple&view=unassigned')).toEqual([[], null]);
  const [[first], next] = await find('?q=purple&limit=1');
  expect(await find(`?q=purple&limit=1&after=${String(next)}`)).toEqual([
    [id, other.id].filter((each) => each !== first),
    null,
  ]);
});
