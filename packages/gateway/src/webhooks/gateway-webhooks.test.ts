import { mintConversationId, mintMessageId } from '@rivulet/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { randomBytes } from '../base/index.ts';
import { createMemoryStore } from '../stores/memory.ts';
import { ProtocolClient } from '../testing/protocol-client.ts';
import { startGateway, type StartedGateway } from '../testing/start-gateway.ts';
import { startWebhookReceiver, type WebhookReceiver } from '../testing/webhook-receiver.ts';
import { verifyWebhook } from './signature.ts';

const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
let receiver: WebhookReceiver;
let started: StartedGateway;
beforeEach(async () => {
  receiver = await startWebhookReceiver();
});
afterEach(async () => {
  await started.stop();
  await receiver.stop();
});
const webhooks = () => [{ url: receiver.url, secret, allowPrivate: true }];
const told = () => receiver.received.map(({ headers, body }) => verifyWebhook({ headers, body, secret }));
const typesTold = () => told().map(({ type }) => type);

/** Sends the first message of a conversation. */
async function send() {
  const client = await ProtocolClient.connect(started.url);
  const ids = { conversationId: mintConversationId(randomBytes), messageId: mintMessageId(randomBytes) };
  client.send({ type: 'send-message', ...ids, parts: [{ type: 'text', text: 'my question' }] });
  return { client, ...ids };
}

describe('the webhooks of a gateway', () => {
  it('tell of a conversation that starts and of its ratings, in order and without its texts', async () => {
    started = await startGateway({ webhooks: webhooks() });
    const { client, conversationId } = await send();
    const scene = await started.provider.next();
    scene.emitText('the answer');
    scene.finish();
    await client.received('run-finished');
    const messageId = client.view!.conversation.messages[1]!.id;
    client.send({ type: 'feedback', conversationId, messageId, value: 'down', comment: 'Wrong price.' });
    await expect.poll(typesTold).toEqual(['conversation.started', 'conversation.rated']);
    expect(told().map(({ data }) => data)).toEqual([
      { siteId: 'demo', conversationId },
      { siteId: 'demo', conversationId, messageId, value: 'down', comment: 'Wrong price.' },
    ]);
    expect(new Set(told().map(({ id }) => id)).size).toBe(2);
  });

  it('tell of a budget that is used up, once a day', async () => {
    started = await startGateway({
      webhooks: webhooks(),
      budgets: { site: { tokensPerDay: 1 }, visitor: { tokensPerDay: 'off', moneyPerDay: 'off' } },
      prices: { script: { input: 0, output: 0 } },
    });
    await send();
    (await started.provider.next()).emitText('It reserves the whole budget.');
    for (let turn = 0; turn < 2; turn += 1) await (await send()).client.received('rejected');
    await expect.poll(typesTold).toEqual(['conversation.started', 'budget.reached']);
    expect(told()[1]?.data).toMatchObject({ siteId: 'demo', budget: 'site' });
  });

  it('tell of an upstream when its circuit breaker opens', async () => {
    started = await startGateway({ webhooks: [{ ...webhooks()[0]!, events: ['upstream.failing'] }] });
    for (let turn = 0; turn < 5; turn += 1) {
      const { client } = await send();
      (await started.provider.next()).fail('upstream-failed');
      await client.received('run-finished');
    }
    await expect.poll(typesTold).toEqual(['upstream.failing']);
    expect(told()[0]?.data).toMatchObject({ failures: 5, calls: 5 });
  });

  it('that were given up are listed for operators, and sent again when they say so', async () => {
    const store = createMemoryStore();
    receiver.answer = () => 400;
    started = await startGateway({ store, webhooks: webhooks() });
    const { conversationId } = await send();
    await expect.poll(() => receiver.received.length).toBe(1);
    const day = 24 * 60 * 60_000;
    const bounds = { maxWaiting: 9, maxDead: 9, deadBeforeMs: 0 };
    await expect
      .poll(() => store.webhooks.trim({ ...bounds, nowMs: Date.now(), queuedBeforeMs: Date.now() + day }))
      .toBe(1);
    const listed = await fetch(`${started.url}/v1/webhooks/dead-letters`);
    const { deadLetters } = (await listed.json()) as { deadLetters: { id: string; event: unknown }[] };
    expect(deadLetters).toMatchObject([
      { event: { type: 'conversation.started', data: { conversationId } } },
    ]);
    receiver.answer = () => 200;
    const body = JSON.stringify({ ids: deadLetters.map(({ id }) => id) });
    const sent = await fetch(`${started.url}/v1/webhooks/redeliver`, { method: 'POST', body });
    expect(await sent.json()).toEqual({ redelivered: 1 });
    await expect.poll(typesTold).toEqual(['conversation.started', 'conversation.started']);
    expect(new Set(told().map(({ id }) => id)).size).toBe(1);
    const wrong = await fetch(`${started.url}/v1/webhooks/redeliver`, { method: 'POST', body: '{"ids":1}' });
    expect(wrong.status).toBe(400);
  });

  it('of a conversation that is erased are not sent any more', async () => {
    const store = createMemoryStore();
    receiver.answer = () => 400;
    started = await startGateway({ store, webhooks: webhooks() });
    const { client, conversationId } = await send();
    await expect.poll(() => receiver.received.length).toBe(1);
    const { token = '' } = await client.received('welcome');
    const headers = { authorization: `Bearer ${token}` };
    await fetch(`${started.url}/v1/conversations/${conversationId}`, { method: 'DELETE', headers });
    expect(await store.webhooks.count()).toEqual({ waiting: 0, dead: 0 });
  });

  it('with settings that cannot be used do not start', async () => {
    started = await startGateway();
    const wrong = startGateway({ webhooks: [{ url: receiver.url, secret }] });
    await expect(wrong).rejects.toThrow('webhooks.0.url');
  });
});
