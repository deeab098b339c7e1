import {
  mintConversationId,
  mintMessageId,
  mintRunId,
  type Command,
  type ConversationId,
  type MessageId,
} from '@rivulet/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { randomBytes } from '../base/index.ts';
import { ProtocolClient } from '../testing/protocol-client.ts';
import { startGateway, type StartedGateway } from '../testing/start-gateway.ts';

const parts = [{ type: 'text' as const, text: 'Whose is this?' }];
let started: StartedGateway;
let conversationId: ConversationId;
let questionId: MessageId;
let answerId: MessageId;
beforeEach(async () => {
  started = await startGateway();
  const owner = await ProtocolClient.connect(started.url);
  conversationId = mintConversationId(randomBytes);
  questionId = mintMessageId(randomBytes);
  owner.send({ type: 'send-message', conversationId, messageId: questionId, parts });
  await owner.received('synced');
  answerId = owner.view!.conversation.messages[1]!.id;
});
afterEach(() => started.stop());

type Unnamed<C> = C extends Command ? Omit<C, 'id'> : never;
const fresh = () => mintMessageId(randomBytes);
const attempts: Record<string, (id: ConversationId) => Unnamed<Command>> = {
  subscribe: (id) => ({ type: 'subscribe', conversationId: id }),
  'subscribe with a cursor': (id) => ({
    type: 'subscribe',
    conversationId: id,
    cursor: { epoch: 'e', seq: 0 },
  }),
  'abort-run': (id) => ({ type: 'abort-run', conversationId: id }),
  'edit-message': (id) => ({
    type: 'edit-message',
    conversationId: id,
    messageId: fresh(),
    replacesId: questionId,
    parts,
  }),
  regenerate: (id) => ({
    type: 'regenerate',
    conversationId: id,
    messageId: answerId,
    runId: mintRunId(randomBytes),
  }),
};

describe('for another visitor a conversation does not exist (invariant 9)', () => {
  it.each(Object.entries(attempts))(
    '%s is answered as for an unknown conversation, and shows nothing',
    async (_name, attempt) => {
      const stranger = await ProtocolClient.connect(started.url);
      const forForeign = await stranger.answer(stranger.send(attempt(conversationId)));
      const forUnknown = await stranger.answer(stranger.send(attempt(mintConversationId(randomBytes))));
      expect(forForeign).toMatchObject({ type: 'rejected', error: { code: 'not-found' } });
      expect(forForeign).toEqual({ ...forUnknown, commandId: forForeign.commandId });
      expect(stranger.events.map(({ type }) => type)).toEqual(['welcome', 'rejected', 'rejected']);
    },
  );

  it('a message to it is rejected, and shows nothing', async () => {
    const stranger = await ProtocolClient.connect(started.url);
    const message = { conversationId, messageId: fresh(), parts };
    const answer = await stranger.answer(stranger.send({ type: 'send-message', ...message }));
    expect(answer).toMatchObject({ type: 'rejected', error: { code: 'not-found' } });
    expect(stranger.events.map(({ type }) => type)).toEqual(['welcome', 'rejected']);
  });

  it('a hello that subscribes to it is welcomed, and shows nothing of it', async () => {
    const stranger = await ProtocolClient.connect(started.url, { subscriptions: [{ conversationId }] });
    await stranger.answer(stranger.send(attempts.subscribe!(conversationId)));
    expect(stranger.events.map(({ type }) => type)).toEqual(['welcome', 'rejected', 'rejected']);
  });

  it('a stop does not abort its run', async () => {
    const scene = await started.provider.next();
    const stranger = await ProtocolClient.connect(started.url);
    await stranger.answer(stranger.send(attempts['abort-run']!(conversationId)));
    expect(scene.signal.aborted).toBe(false);
  });
});
