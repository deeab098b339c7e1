/** Drafts: what the model suggests to whoever has a conversation, what they cost, and who sees nothing of them. */
import { ChatError, mintMessageId } from '@rivulet/protocol';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { randomBytes } from '../base/index.ts';
import { dayOf } from '../budgets/budgets.ts';
import { DESK_USERS, startDesk } from '../testing/desk-harness.ts';
import { personOf } from './desk-person.ts';

let desk: Awaited<ReturnType<typeof startDesk>>;
beforeAll(async () => {
  desk = await startDesk();
});
afterAll(() => desk.started.stop());

/** A conversation that Ada has, with a message that nobody has answered. */
async function converseWithAda(site = 'shop', by = 'ada') {
  const conversation = await desk.converse(site);
  await desk.on(conversation.id, 'take', { by });
  await conversation.send('Do you have it in red?');
  return conversation;
}
const draft = (id: string, by = 'ada', body: object = {}) => desk.on(id, 'draft', { by, body });

it('is written from the prompt of the site, the conversation and what the person wants to say', async () => {
  const { id } = await converseWithAda();
  const answer = draft(id, 'ada', { instruction: 'only in blue' });
  const scene = await desk.started.provider.next();
  scene.emitText('  It is blue', ' only.\n');
  scene.finish();
  expect(await answer).toMatchObject({
    status: 200,
    json: { draft: { text: 'It is blue only.', isCut: false } },
  });
  const [system, ...others] = scene.request.messages;
  expect(system).toMatchObject({
    role: 'system',
    text: expect.stringContaining('You sell chairs.') as unknown,
  });
  expect(system).toMatchObject({ text: expect.stringContaining('only in blue') as unknown });
  expect(others.at(-1)).toMatchObject({ role: 'user', text: 'Do you have it in red?' });
});

it('is neither stored nor logged nor seen by the visitor', async () => {
  const { id, client } = await converseWithAda();
  const before = [await desk.store.readMessages(id), client.events.length];
  const answer = draft(id);
  const scene = await desk.started.provider.next();
  scene.emitText('a text that nobody has sent');
  scene.finish();
  await answer;
  await desk.on(id, 'typing', { body: { isTyping: true } });
  await client.received('typing');
  expect([await desk.store.readMessages(id), client.events.length - 1]).toEqual(before);
  expect(JSON.stringify(client.events)).not.toContain('nobody has sent');
  const audit = await desk.ask('GET /admin/api/audit', { by: 'admin' });
  expect(audit.text).toContain(`"action":"console-desk-draft","target":"${id}"`);
  expect(audit.text).not.toContain('nobody has sent');
});

it('counts for the site and not for its visitor', async () => {
  const { id } = await converseWithAda();
  const { ownerId } = (await desk.store.readConversation(id))!;
  const spent = async () => {
    const day = dayOf(Date.now());
    const { visitor, site } = await desk.store.spending.readSpent({ siteId: 'shop', ownerId }, day);
    return [visitor.tokens, site.tokens] as const;
  };
  const [visitorBefore, siteBefore] = await spent();
  const answer = draft(id);
  const scene = await desk.started.provider.next();
  expect((await spent())[1]).toBeGreaterThan(siteBefore + 1_000); // what it may use
  scene.emitText('Yes.');
  scene.finish(); // which counts two tokens
  await answer;
  expect(await spent()).toEqual([visitorBefore, siteBefore + 2]);
});

it('is one at a time for a person and a conversation, and ends with its request', async () => {
  const { id } = await converseWithAda();
  const closing = new AbortController();
  const first = fetch(`${desk.started.url}/admin/api/desk/conversations/${id}/draft`, {
    ...{ method: 'POST', body: '{}', headers: desk.headersOf('ada'), signal: closing.signal },
  }).catch(() => 'closed');
  const scene = await desk.started.provider.next();
  expect(await draft(id)).toMatchObject({ status: 409, text: expect.stringContaining('"busy"') as unknown });
  closing.abort();
  expect(await first).toBe('closed');
  await expect.poll(() => scene.signal.aborted).toBe(true);
  await expect
    .poll(async () => {
      const again = draft(id);
      const next = await Promise.race([desk.started.provider.next(), again]);
      if (!('finish' in next)) return next.status;
      next.emitText('Yes.');
      next.finish();
      return (await again).status;
    })
    .toBe(200);
});

it('is cut when the model does not end', async () => {
  const { id } = await converseWithAda();
  const answer = draft(id);
  const scene = await desk.started.provider.next();
  scene.emitText('word '.repeat(700), 'word '.repeat(700));
  const { draft: written } = (await answer).json as unknown as { draft: { text: string; isCut: boolean } };
  expect([written.text.length, written.isCut]).toEqual([4_000, true]);
  await expect.poll(() => scene.signal.aborted).toBe(true);
});

it.each([
  ['upstream-overloaded', 503, new ChatError('upstream-overloaded')],
  ['upstream-failed', 502, new ChatError('upstream-failed')],
  ['content-blocked', 422, new ChatError('content-blocked')],
])('says why it failed: %s', async (code, status, error) => {
  const { id } = await converseWithAda();
  const answer = draft(id);
  (await desk.started.provider.next()).fail(error);
  const { text, ...answered } = await answer;
  expect(answered.status).toBe(status);
  expect(JSON.parse(text)).toMatchObject({ code, ref: expect.stringMatching(/^[\w-]{8}$/) as unknown });
});

it('is refused to whoever does not have the conversation, without a message to answer, and where the site does not say so', async () => {
  const { id } = await converseWithAda();
  expect((await draft(id, 'bob')).status).toBe(409);
  const parts = [{ type: 'text', text: 'I am here.' }];
  await desk.on(id, 'reply', { body: { messageId: mintMessageId(randomBytes), parts } });
  expect(await draft(id)).toMatchObject({
    status: 409,
    text: expect.stringContaining('written nothing') as unknown,
  });
  const other = await converseWithAda('blog', 'cy');
  expect(await draft(other.id, 'cy')).toMatchObject({
    status: 400,
    text: expect.stringContaining('unsupported') as unknown,
  });
});

it('is refused when the budget of the site is used up', async () => {
  const { id } = await converseWithAda();
  const owner = { siteId: 'shop', ownerId: personOf(DESK_USERS[1]).id };
  const place = { conversationId: id, runId: 'r_everything0001' as never }; // an id that no run has
  await desk.store.spending.addReservation({ ...place, owner, day: dayOf(Date.now()) });
  const limit = { tokens: Infinity, costPico: Infinity };
  const all = { amount: { tokens: 60_000_000, costPico: 0 }, limits: { visitor: limit, site: limit } };
  await desk.store.spending.reserve({ ...place, ...all, note: undefined });
  expect(await draft(id)).toMatchObject({
    status: 429,
    text: expect.stringContaining('quota-exceeded') as unknown,
  });
});
