import { ChatError, mintConversationId, mintMessageId } from '@rivulet/protocol';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createMemoryEventLog } from '../event-logs/memory.ts';
import type { EventLog } from '../event-logs/event-log.ts';
import { randomBytes } from '../base/index.ts';
import { createMemoryStore } from '../stores/memory.ts';
import type { Store } from '../stores/store.ts';
import { ProtocolClient } from '../testing/protocol-client.ts';
import { accepted, sampleAcceptance, sampleAnswer, sampleQuestion } from '../testing/samples.ts';
import { startGateway, type StartedGateway } from '../testing/start-gateway.ts';

let store: Store;
let eventLog: EventLog;
let started: StartedGateway;
beforeEach(async () => {
  store = createMemoryStore();
  // The store and the log are shared with other gateways; the tests play their part.
  eventLog = Object.assign(createMemoryEventLog(), { isShared: true });
  started = await startGateway({ store, eventLog });
});
afterEach(() => started.stop());

const parts = [{ type: 'text' as const, text: 'Go on.' }];

it('a run that another gateway has stored and not logged is logged before the next message (1, 5)', async () => {
  const client = await ProtocolClient.connect(started.url);
  const { principal } = await client.received('welcome');
  const owner = { siteId: 'demo', ownerId: principal.id };
  const question = sampleQuestion();
  const answer = { ...sampleAnswer(), parentId: question.id };
  const { conversationId } = await accepted(store, { owner, question, answer });
  const after = (await eventLog.read(conversationId)).head;
  client.send({ type: 'subscribe', conversationId, cursor: after });
  await client.received('synced');
  client.send({ type: 'send-message', conversationId, messageId: mintMessageId(randomBytes), parts });
  await client.received('accepted');
  await client.until(() => client.events.filter(({ type }) => type === 'run-started').length === 2);
  const logged = client.events.flatMap((event) => (event.type === 'run-started' ? [event.messageId] : []));
  const stored = (await store.readMessages(conversationId)).filter(({ role }) => role === 'assistant');
  expect(logged).toEqual(stored.map(({ id }) => id));
});

it('a message that another gateway accepts at the same time is answered first, and its answer is the parent (1)', async () => {
  const client = await ProtocolClient.connect(started.url);
  const owner = { siteId: 'demo', ownerId: (await client.received('welcome')).principal.id };
  const { conversationId } = await accepted(store, { owner });
  const accept = store.accept.bind(store);
  const theirs = sampleAcceptance({ conversationId, owner });
  store.accept = async (acceptance) => {
    store.accept = accept;
    await accept(theirs);
    return accept(acceptance);
  };
  const messageId = mintMessageId(randomBytes);
  await client.answer(client.send({ type: 'send-message', conversationId, messageId, parts }));
  const mine = (await store.readMessages(conversationId)).find(({ id }) => id === messageId);
  expect(mine?.parentId).toBe(theirs.answer.id);
});

it('a message that the log rejects is to be sent again under the same id, and is stored once (7)', async () => {
  const append = eventLog.append.bind(eventLog);
  eventLog.append = () => {
    eventLog.append = append;
    return Promise.reject(new ChatError('internal'));
  };
  const client = await ProtocolClient.connect(started.url);
  const conversationId = mintConversationId(randomBytes);
  const message = {
    type: 'send-message' as const,
    conversationId,
    messageId: mintMessageId(randomBytes),
    parts,
  };
  const refused = { type: 'rejected', error: { code: 'internal', retry: 'after' } };
  expect(await client.answer(client.send(message))).toMatchObject(refused);
  expect(await client.answer(client.send(message))).toMatchObject({ type: 'accepted' });
  expect(await store.readMessages(conversationId)).toHaveLength(2);
});

it('the first message of a conversation is accepted without a read, and a later one from elsewhere continues it', async () => {
  const reads: string[] = [];
  const readStanding = store.readStanding.bind(store);
  store.readStanding = (id, messageId) => {
    reads.push(id);
    return readStanding(id, messageId);
  };
  const [client, conversationId] = [
    await ProtocolClient.connect(started.url),
    mintConversationId(randomBytes),
  ];
  const { token = '' } = await client.received('welcome');
  const send = (from: ProtocolClient) =>
    from.answer(
      from.send({ type: 'send-message', conversationId, messageId: mintMessageId(randomBytes), parts }),
    );
  await send(client);
  expect(reads).toEqual([]);
  expect(await send(await ProtocolClient.connect(started.url, { token }))).toMatchObject({
    type: 'accepted',
  });
  const [, answer, second] = await store.readMessages(conversationId);
  expect(second?.parentId).toBe(answer?.id);
});
