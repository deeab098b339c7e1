import { mintConversationId, mintMessageId, type MessageId } from '@rivulet/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { randomBytes } from '../base/index.ts';
import { ProtocolClient } from '../testing/protocol-client.ts';
import { startGateway, type StartedGateway } from '../testing/start-gateway.ts';

let started: StartedGateway;
beforeEach(async () => {
  started = await startGateway();
});
afterEach(() => started.stop());

/** A visitor with a second viewer and one answer, which is finished unless the argument says `running`. */
async function answered(end: 'finished' | 'running' = 'finished') {
  const client = await ProtocolClient.connect(started.url);
  const { token = '' } = await client.received('welcome');
  const conversationId = mintConversationId(randomBytes);
  const questionId = mintMessageId(randomBytes);
  const parts = [{ type: 'text' as const, text: 'Hello?' }];
  client.send({ type: 'send-message', conversationId, messageId: questionId, parts });
  const scene = await started.provider.next();
  scene.emitText('Good day.');
  await client.until(() => client.text === 'Good day.');
  if (end === 'finished') {
    scene.finish();
    await client.received('run-finished');
  }
  const answerId = client.view!.conversation.messages[1]!.id;
  const viewer = await ProtocolClient.connect(started.url, { token, subscriptions: [{ conversationId }] });
  await viewer.received('synced');
  const rate = (value: 'up' | 'down' | null, comment?: string, messageId: MessageId = answerId) =>
    client.answer(
      client.send({
        type: 'feedback',
        conversationId,
        messageId,
        value,
        ...(comment === undefined ? {} : { comment }),
      }),
    );
  const shown = () => viewer.view?.conversation.messages[1]?.feedback;
  return { client, viewer, token, conversationId, questionId, rate, shown };
}

describe('feedback', () => {
  it('is stored with the answer, including the comment, and shown to current and later viewers', async () => {
    const { rate, shown, viewer, token, conversationId } = await answered();
    expect((await rate('down', 'Too short.')).type).toBe('accepted');
    await viewer.until(() => shown() !== undefined);
    expect(shown()).toEqual({ value: 'down', comment: 'Too short.' });
    const later = await ProtocolClient.connect(started.url, { token, subscriptions: [{ conversationId }] });
    await later.received('synced');
    expect(later.view).toEqual(viewer.view);
  });

  it('is replaced by later feedback, and removed by null', async () => {
    const { rate, shown, viewer } = await answered();
    await rate('down', 'Too short.');
    await rate('up');
    await viewer.until(() => shown()?.value === 'up');
    expect(shown()).toEqual({ value: 'up' });
    await rate(null);
    await viewer.until(() => shown() === undefined);
  });

  it('is counted and logged once when it is sent more than once', async () => {
    const { rate, viewer } = await answered();
    for (let time = 0; time < 3; time += 1) expect((await rate('up')).type).toBe('accepted');
    await rate(null);
    await viewer.until(() => viewer.events.filter(({ type }) => type === 'feedback').length === 2);
    const metrics = await (await fetch(`${started.url}/metrics`)).text();
    expect(metrics).toContain('rivulet_feedback_total{site="demo",value="up"} 1');
    expect(metrics).toContain('rivulet_feedback_total{site="demo",value="none"} 1');
  });

  it('is accepted for finished answers only', async () => {
    const { rate, questionId } = await answered();
    for (const id of [questionId, mintMessageId(randomBytes)])
      expect(await rate('up', undefined, id)).toMatchObject({ error: { code: 'not-found' } });
    const running = await answered('running');
    expect(await running.rate('up')).toMatchObject({ error: { code: 'busy' } });
  });
});

describe('typing', () => {
  it('is published to the other viewers of the conversation only', async () => {
    const { client, viewer, conversationId } = await answered();
    const stranger = await ProtocolClient.connect(started.url);
    const said = client.send({ type: 'typing', conversationId, isTyping: true });
    expect((await client.answer(said)).type).toBe('accepted');
    const participantId = (await client.received('welcome')).principal.id;
    expect(await viewer.received('typing')).toEqual({
      type: 'typing',
      conversationId,
      participantId,
      isTyping: true,
    });
    const seen = [...client.events, ...stranger.events].filter(({ type }) => type === 'typing');
    expect(seen).toEqual([]);
  });
});

it('typing, read and feedback of another’s conversation are not found (9)', async () => {
  const { client, conversationId } = await answered();
  const { position } = client.view!;
  const stranger = await ProtocolClient.connect(started.url);
  const messageId = client.view!.conversation.messages[1]!.id;
  for (const id of [
    stranger.send({ type: 'typing', conversationId, isTyping: true }),
    stranger.send({ type: 'read', conversationId, position }),
    stranger.send({ type: 'feedback', conversationId, messageId, value: 'up' }),
  ])
    expect(await stranger.answer(id)).toMatchObject({ error: { code: 'not-found' } });
  expect((await client.answer(client.send({ type: 'read', conversationId, position }))).type).toBe(
    'accepted',
  );
});
