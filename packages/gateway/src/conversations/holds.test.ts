import { mintConversationId, mintMessageId, type ConversationId } from '@rivulet/protocol';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { randomBytes, silentLogger } from '../base/index.ts';
import { createMemoryStore } from '../stores/memory.ts';
import { ProtocolClient } from '../testing/protocol-client.ts';
import { startGateway, type StartedGateway } from '../testing/start-gateway.ts';
import type { Erased } from './archive.ts';

const logger = { ...silentLogger, info: vi.fn() };
const store = createMemoryStore();
store.close = () => Promise.resolve(); // the tests read it
let started: StartedGateway;
let erased: Erased[];
let client: ProtocolClient;
let token: string;
beforeEach(async () => {
  erased = [];
  started = await startGateway({
    store,
    logger,
    onErase: async (each) => void erased.push(await Promise.resolve(each)),
  });
  client = await ProtocolClient.connect(started.url);
  ({ token = '' } = await client.received('welcome'));
  logger.info.mockClear();
});
afterEach(() => started.stop());

async function ask(): Promise<ConversationId> {
  const conversationId = mintConversationId(randomBytes);
  const parts = [{ type: 'text' as const, text: 'Hello?' }];
  await client.answer(
    client.send({ type: 'send-message', conversationId, messageId: mintMessageId(randomBytes), parts }),
  );
  (await started.provider.next()).finish();
  await expect.poll(() => store.listUnsettled()).toEqual([]);
  return conversationId;
}
const ofVisitor = (path: string, method: string) =>
  fetch(`${started.url}/v1/${path}`, { method, headers: { authorization: `Bearer ${token}` } });
const ofOperator = (path: string, method: string, body?: object) =>
  fetch(`${started.url}/v1/holds${path}`, { method, ...(body && { body: JSON.stringify(body) }) });

describe('a held conversation', () => {
  it('is not erased by its visitor, who is told so, and is when the hold is lifted', async () => {
    const conversationId = await ask();
    expect((await ofOperator('', 'POST', { conversationId, reason: 'case 7' })).status).toBe(204);
    const refused = await ofVisitor(`conversations/${conversationId}`, 'DELETE');
    expect([refused.status, await refused.json()]).toMatchObject([
      409,
      { code: 'conflict', message: expect.stringContaining('legal reasons') as string },
    ]);
    expect(erased).toEqual([]);
    expect((await ofOperator(`/${conversationId}`, 'DELETE')).status).toBe(204);
    expect((await ofVisitor(`conversations/${conversationId}`, 'DELETE')).status).toBe(204);
    expect(await store.readConversation(conversationId)).toBeUndefined();
  });

  it('is kept with its files when everything else of its visitor is erased', async () => {
    const [held, other] = [await ask(), await ask()];
    await started.gateway.hold(held, { reason: 'case 7' });
    const response = await ofVisitor('visitor', 'DELETE');
    const { code, message } = (await response.json()) as { code: string; message: string };
    expect([response.status, code]).toEqual([409, 'conflict']);
    expect(message).toMatch(/^Erased conversations: 1\. Not erased: 1, /);
    expect(erased).toMatchObject([{ conversationIds: [other], heldIds: [held], scope: 'everything' }]);
    expect(await store.readMessages(held)).toHaveLength(2);
    expect(await store.readConversation(other)).toBeUndefined();
    const { conversations } = (await (await ofVisitor('export', 'GET')).json()) as {
      conversations: object[];
    };
    expect(conversations).toMatchObject([{ id: held }]);
    expect(JSON.stringify(conversations)).not.toMatch(/case 7|isHeld/);
  });

  it('is listed for the operator, and each change is one line of the log', async () => {
    const conversationId = await ask();
    await ofOperator('', 'POST', { conversationId, reason: ' case 7 ' });
    const { holds } = (await (await ofOperator('?limit=1000', 'GET')).json()) as { holds: object[] };
    expect(holds).toContainEqual(
      expect.objectContaining({ conversationId, siteId: 'demo', reason: 'case 7' }),
    );
    await ofOperator(`/${conversationId}`, 'DELETE');
    expect(logger.info.mock.calls).toEqual([
      [{ conversationId, reason: 'case 7' }, 'a conversation is held: it will not be erased'],
      [{ conversationId }, 'the hold of a conversation was lifted: it may be erased'],
    ]);
  });

  it.each([
    [404, { conversationId: mintConversationId(randomBytes), reason: 'case 7' }],
    [400, { conversationId: 'c', reason: 'case 7' }],
    [400, { conversationId: mintConversationId(randomBytes) }],
    [400, { conversationId: mintConversationId(randomBytes), reason: ' ' }],
    [400, { conversationId: mintConversationId(randomBytes), reason: 'two\nlines' }],
    [400, { conversationId: mintConversationId(randomBytes), reason: 'x'.repeat(201) }],
  ])('answers %i to %j, and changes and logs nothing', async (status, body) => {
    expect((await ofOperator('', 'POST', body)).status).toBe(status);
    expect((await ofOperator(`/${body.conversationId}`, 'DELETE')).status).toBe(404);
    expect(logger.info).not.toHaveBeenCalled();
  });
});
