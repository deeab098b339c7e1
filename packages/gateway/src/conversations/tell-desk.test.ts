import { mintConversationId, mintMessageId } from '@rivulet/protocol';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { randomBytes } from '../base/index.ts';
import { createMemoryStore } from '../stores/memory.ts';
import type { Store } from '../stores/store.ts';
import { ProtocolClient } from '../testing/protocol-client.ts';
import { startGateway, type StartedGateway } from '../testing/start-gateway.ts';
import { startWebhookReceiver, type WebhookReceiver } from '../testing/webhook-receiver.ts';
import { verifyWebhook } from '../webhooks/signature.ts';

const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const [ann, bob] = [
  { id: 'ann', name: 'Ann' },
  { id: 'bob', name: 'Bob' },
];
let store: Store;
let receiver: WebhookReceiver;
let started: StartedGateway;
beforeEach(async () => {
  receiver = await startWebhookReceiver();
  store = createMemoryStore();
  started = await startGateway({ store, webhooks: [{ url: receiver.url, secret, allowPrivate: true }] });
});
afterEach(async () => {
  await started.stop();
  await receiver.stop();
});
const told = () => receiver.received.map(({ headers, body }) => verifyWebhook({ headers, body, secret }));

/** A conversation with a question that was answered, and what the webhooks of it have. */
async function converse() {
  const client = await ProtocolClient.connect(started.url);
  const conversationId = mintConversationId(randomBytes);
  const question = { conversationId, messageId: mintMessageId(randomBytes) };
  client.send({ type: 'send-message', ...question, parts: [{ type: 'text', text: 'my question' }] });
  (await started.provider.next()).finish();
  await client.received('run-finished');
  return { conversationId, ids: { siteId: 'demo', conversationId }, desk: started.gateway.desk };
}
const expectTold = (events: readonly object[]) =>
  expect.poll(() => told().map(({ type, data }) => ({ type, data }))).toEqual(events);

it('webhooks are told once of each change that people make, in order, and of none that was refused', async () => {
  const { conversationId, ids, desk } = await converse();
  await desk.takeOver(conversationId, ann);
  await desk.takeOver(conversationId, ann);
  await expect(desk.takeOver(conversationId, bob)).rejects.toMatchObject({ code: 'conflict' });
  await desk.transfer(conversationId, ann, bob);
  await desk.release(conversationId, bob);
  for (const status of ['closed', 'closed', 'open', 'open', 'closed'] as const)
    await desk.setStatus(conversationId, status);
  await expectTold([
    { type: 'conversation.started', data: ids },
    { type: 'conversation.taken-over', data: { ...ids, ownerNumber: 1, by: 'Ann' } },
    { type: 'conversation.taken-over', data: { ...ids, ownerNumber: 2, by: 'Bob' } },
    { type: 'conversation.released', data: { ...ids, ownerNumber: 3, by: 'Bob' } },
    { type: 'conversation.closed', data: ids },
    { type: 'conversation.closed', data: ids },
  ]);
});

it('of people who close a conversation at once, one tells', async () => {
  const { conversationId, ids, desk } = await converse();
  await Promise.all(Array.from({ length: 5 }, () => desk.setStatus(conversationId, 'closed')));
  await desk.takeOver(conversationId, ann);
  await expectTold([
    { type: 'conversation.started', data: ids },
    { type: 'conversation.closed', data: ids },
    { type: 'conversation.taken-over', data: { ...ids, ownerNumber: 1, by: 'Ann' } },
  ]);
});

it('webhooks are told once that a visitor waits, and of the address that they leave', async () => {
  const { conversationId, ids, desk } = await converse();
  const { ownerId } = (await store.readConversation(conversationId))!;
  const visitor = { siteId: 'demo', id: ownerId, kind: 'anonymous' as const };
  for (let turn = 0; turn < 2; turn += 1) await desk.requestPerson(visitor, conversationId);
  await desk.leaveAddress(visitor, conversationId, { email: 'vi@example.com', name: 'Vi' });
  await expectTold([
    { type: 'conversation.started', data: ids },
    { type: 'conversation.queued', data: { ...ids, ownerNumber: 1 } },
    { type: 'conversation.address-left', data: { ...ids, email: 'vi@example.com', name: 'Vi' } },
  ]);
});
