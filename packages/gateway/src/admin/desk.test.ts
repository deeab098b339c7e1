/** What people do at the desk, as they, the visitor and the model see it. */
import { mintMessageId, type ConversationId } from '@rivulet/protocol';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { randomBytes } from '../base/index.ts';
import { DESK_USERS, MARKER, startDesk } from '../testing/desk-harness.ts';
import { ProtocolClient } from '../testing/protocol-client.ts';
import { createScriptedTool } from '../testing/scripted-tool.ts';
import { emitToolCall } from '../testing/tool-harness.ts';
import { personOf } from './desk-person.ts';

/** In every note: neither the visitor nor the model may see it. */
const NOTE = 'the-team-alone-may-read-this';

let desk: Awaited<ReturnType<typeof startDesk>>;
beforeAll(async () => {
  desk = await startDesk();
});
afterAll(() => desk.started.stop());

const replyOf = (text: string) => ({
  ...{ messageId: mintMessageId(randomBytes), parts: [{ type: 'text', text }] },
});

describe('a conversation at the desk', () => {
  it('is taken by one of two people who click at once, answered, and given back with a fact for the model', async () => {
    const { client, id, send } = await desk.converse();
    const taken = await Promise.all(['ada', 'bob'].map((by) => desk.on(id, 'take', { by })));
    expect(taken.map(({ status }) => status).toSorted()).toEqual([200, 409]);
    const by = taken[0]?.status === 200 ? 'ada' : 'bob';
    await send('Still there?');
    expect((await desk.on(id, 'reply', { by, body: replyOf('I am here.') })).status).toBe(200);
    await client.until(() => client.view?.conversation.messages.at(-1)?.role === 'agent', 'the reply');
    expect((await desk.on(id, 'release', { by })).json.conversation.desk.owner.kind).toBe('ai');
    await send('Thanks.');
    const { request } = await desk.started.provider.next();
    expect(JSON.stringify(request.messages)).toContain('of the team, wrote:]\\nI am here.');
  });

  it('shows the visitor the name and the picture that are set, and not how the person signs in', async () => {
    const { client, id } = await desk.converse();
    await desk.on(id, 'take');
    await client.received('owner-changed');
    const { person } = client.view?.conversation.owner ?? {};
    expect(person).toEqual({ id: personOf(DESK_USERS[1]).id, name: 'Ada L.', pictureUrl: '/ada.png' });
    expect(JSON.stringify(client.events)).not.toContain('"ada"');
  });

  it('has notes that the team reads, and neither the visitor nor the model', async () => {
    const { client, id, send, token } = await desk.converse();
    await desk.on(id, 'take');
    expect((await desk.on(id, 'notes', { body: { text: NOTE } })).status).toBe(200);
    const { notes } = (await desk.ask('GET /admin/api/desk/conversations/:id', { by: 'bob', id })).json;
    expect(notes).toMatchObject([{ text: NOTE, userName: 'ada' }]);
    await desk.on(id, 'release');
    await send('Hello?');
    const { request } = await desk.started.provider.next();
    const viewer = await ProtocolClient.connect(desk.started.url, {
      ...{ site: 'shop', token, subscriptions: [{ conversationId: id }] },
    });
    await viewer.received('synced');
    const headers = { authorization: `Bearer ${token}` };
    const exported = await (await fetch(`${desk.started.url}/v1/export?site=shop`, { headers })).text();
    expect(exported).toContain(MARKER);
    const seen = [
      exported,
      JSON.stringify(request),
      JSON.stringify(client.events),
      JSON.stringify(viewer.events),
    ];
    for (const each of seen) expect(each).not.toContain(NOTE);
  });

  it('is listed by who has waited longest, with its target, whether it is unread, and whose it is', async () => {
    const [first, second] = [await desk.converse(), await desk.converse()];
    for (const { client, id } of [second, first]) {
      await client.answer(client.send({ type: 'request-person', conversationId: id }));
      const askedMs = Date.now();
      await vi.waitUntil(() => Date.now() > askedMs, { interval: 1 }); // who waited longer is not told apart within a millisecond
    }
    const list = async (query: string) =>
      (await desk.ask('GET /admin/api/desk/conversations', { query })).json.conversations;
    const ids = async (query: string) => (await list(query)).map(({ id }) => id);
    const waiting = await ids('?view=unassigned&site=shop');
    expect(waiting.indexOf(second.id)).toBeLessThan(waiting.indexOf(first.id));
    const find = async (id: ConversationId) =>
      (await list('?limit=100')).find((each) => each.id === id)!.desk;
    const { requestedMs, dueMs } = await find(first.id);
    expect(dueMs).toBe((requestedMs as number) + 5 * 60_000);
    await desk.on(first.id, 'take');
    expect(await find(first.id)).toMatchObject({ dueMs, isUnread: false });
    await first.send('Are you there?');
    expect(await find(first.id)).toMatchObject({ dueMs, isUnread: true });
    await desk.ask('GET /admin/api/desk/conversations/:id', { id: first.id });
    expect((await find(first.id)).isUnread).toBe(false);
    await desk.on(first.id, 'reply', { body: replyOf('Yes.') });
    expect(await find(first.id)).not.toHaveProperty('dueMs');
    expect(await ids('?view=mine')).toContain(first.id);
    expect(await ids('?view=mine')).not.toContain(second.id);
  });

  it('is closed, snoozed and opened; a message of the visitor opens it, and so does the time', async () => {
    const { id, send } = await desk.converse();
    await desk.on(id, 'take');
    const status = async () => (await desk.store.readConversation(id))?.desk?.status;
    await desk.on(id, 'status', { body: { status: 'closed' } });
    expect(await status()).toBe('closed');
    await send('One more thing.');
    expect(await status()).toBe('open');
    await desk.on(id, 'status', { body: { status: 'snoozed', untilMs: 1 } });
    expect(await status()).toBe('snoozed');
    const { conversations } = (await desk.ask('GET /admin/api/desk/conversations', { query: '?limit=100' }))
      .json;
    expect([await status(), conversations.some((each) => each.id === id)]).toEqual(['open', true]);
  });

  it('is given on by who has it, and taken from them only by an admin', async () => {
    const { id } = await desk.converse();
    await desk.on(id, 'take');
    for (const by of ['bob', 'admin']) await desk.ask('GET /admin/api/desk', { by });
    const [bob, admin] = [personOf(DESK_USERS[2]).id, personOf(DESK_USERS[3]).id];
    const assign = async (by: string, personId: string) =>
      (await desk.on(id, 'assign', { by, body: { personId } })).status;
    expect(await assign('bob', bob)).toBe(409);
    expect(await assign('ada', bob)).toBe(200);
    expect(await assign('admin', admin)).toBe(200);
    expect((await desk.store.readConversation(id))?.desk?.owner.person?.id).toBe(admin);
    expect(await assign('admin', 'p_nobody')).toBe(404);
  });

  it('shows that the person is typing', async () => {
    const { client, id } = await desk.converse();
    await desk.on(id, 'take');
    await desk.on(id, 'typing', { body: { isTyping: true } });
    expect(await client.received('typing')).toMatchObject({
      participantId: personOf(DESK_USERS[1]).id,
      isTyping: true,
    });
  });

  it('is in the audit log with what was done, and no text', async () => {
    const { id } = await desk.converse();
    await desk.on(id, 'take');
    await desk.on(id, 'notes', { body: { text: NOTE } });
    const { text } = await desk.ask('GET /admin/api/audit', { by: 'admin' });
    expect(text).toContain(`"action":"console-desk-take","target":"${id}"`);
    expect(text).not.toContain(NOTE);
  });
});

describe('a visitor who asks for a person', () => {
  it('waits, is told whether somebody is there, and may leave an address that the team sees and an erasure removes', async () => {
    const { client, id, token } = await desk.converse('blog');
    const request = () => client.answer(client.send({ type: 'request-person', conversationId: id }));
    const address = {
      type: 'leave-address',
      conversationId: id,
      email: 'vi@example.com',
      consent: true,
    } as const;
    expect(await client.answer(client.send(address))).toMatchObject({ error: { code: 'conflict' } });
    expect((await request()).type).toBe('accepted');
    await client.received('owner-changed');
    const owner = client.view?.conversation.owner;
    expect(owner).toMatchObject({ kind: 'queue', number: 1 });
    expect((await request()).type).toBe('accepted');
    expect(client.view?.conversation.owner).toEqual(owner);
    expect((await client.answer(client.send({ ...address, name: 'Vi' }))).type).toBe('accepted');
    await client.until(
      () => client.view?.conversation.owner?.hasAddress === true,
      'that there is an address',
    );
    expect(JSON.stringify(client.events)).not.toContain('vi@example.com');
    const { contact } = (await desk.ask('GET /admin/api/desk/conversations/:id', { by: 'cy', id })).json
      .conversation.desk;
    expect(contact).toMatchObject({ name: 'Vi', email: 'vi@example.com' });
    const headers = { authorization: `Bearer ${token}` };
    await fetch(`${desk.started.url}/v1/conversations/${id}?site=blog`, { method: 'DELETE', headers });
    expect(await desk.store.readConversation(id)).toBeUndefined();
  });

  it('is told that nobody is there while all are offline', async () => {
    for (const { name } of DESK_USERS)
      await desk.ask('POST /admin/api/desk/availability', { by: name, body: { choice: 'offline' } });
    const { client, id } = await desk.converse('blog');
    await client.answer(client.send({ type: 'request-person', conversationId: id }));
    await client.received('owner-changed');
    expect(client.view?.conversation.owner).toMatchObject({ kind: 'queue', isAway: true });
    await desk.ask('POST /admin/api/desk/availability', { body: { choice: 'auto' } });
    const other = await desk.converse('blog');
    await other.client.answer(other.client.send({ type: 'request-person', conversationId: other.id }));
    await other.client.received('owner-changed');
    expect(other.client.view?.conversation.owner).not.toHaveProperty('isAway');
  });

  it('on a site without a desk is offered nothing and refused, and the desk does not show the site', async () => {
    const { client, id, capabilities } = await desk.converse('plain');
    expect(capabilities).not.toContain('request-person');
    const refused = await client.answer(client.send({ type: 'request-person', conversationId: id }));
    expect(refused).toMatchObject({ type: 'rejected', error: { code: 'unsupported' } });
    expect((await desk.on(id, 'take')).status).toBe(404);
    const { text } = await desk.ask('GET /admin/api/desk', {});
    expect([text.includes('"plain"'), text.includes('"shop"'), text.includes('From 9 to 17.')]).toEqual([
      false,
      true,
      true,
    ]);
  });
});

describe('a tool call that waits for approval', () => {
  it('that does not exist is decided about by nobody', async () => {
    const { id } = await desk.converse();
    const body = { callId: 'none', decision: 'approve' };
    expect((await desk.on(id, 'approval', { body })).status).toBe(404);
  });

  it('is approved by one of two people who click at once, and runs once', async () => {
    const tool = createScriptedTool({ approval: 'always' });
    const sites = [{ id: 'shop', origins: ['self'], desk: {}, tools: [tool] }];
    const other = await startDesk({ sites });
    const { client, id, send } = await other.converse();
    await send('Weather?');
    const scene = await other.started.provider.next();
    emitToolCall(scene);
    scene.finish('tool');
    const { callId } = await client.received('approval-requested');
    const body = { callId, decision: 'approve' };
    const decided = await Promise.all(['ada', 'bob'].map((by) => other.on(id, 'approval', { by, body })));
    expect(decided.map(({ status }) => status)).toContain(200);
    (await tool.next()).resolve('clear');
    (await other.started.provider.next()).finish();
    await client.received('tool-finished');
    expect(tool.count).toBe(1);
    await other.started.stop();
  });
});

describe('the feed of the inbox', () => {
  it('begins with what is open, and tells of a conversation that waits', async () => {
    const response = await fetch(`${desk.started.url}/admin/api/desk/feed`, {
      headers: desk.headersOf('ada'),
    });
    const { client, id } = await desk.converse();
    await client.answer(client.send({ type: 'request-person', conversationId: id }));
    let seen = '';
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    while (!seen.includes(id)) seen += (await reader.read()).value ?? '';
    expect(seen).toContain('event: inbox\ndata: {"conversations":[');
    await reader.cancel();
  });
});
