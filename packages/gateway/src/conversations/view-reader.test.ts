import { mintConversationId, mintMessageId, partIdOf, type ConversationId } from '@rivulet/protocol';
import { beforeEach, describe, expect, it } from 'vitest';
import { createKeyedMutex, createMetrics, randomBytes, type KeyedMutex } from '../base/index.ts';
import type { EventLog } from '../event-logs/event-log.ts';
import { createMemoryEventLog } from '../event-logs/memory.ts';
import { createMemoryStore } from '../stores/memory.ts';
import type { Store } from '../stores/store.ts';
import { createFakeClock, type FakeClock } from '../testing/fake-clock.ts';
import { iteration, titled } from '../testing/log-reader.ts';
import { ProtocolClient } from '../testing/protocol-client.ts';
import { accepted, sampleQuestion } from '../testing/samples.ts';
import { startGateway } from '../testing/start-gateway.ts';
import { createViewReader, type ViewReader } from './view-reader.ts';

const WINDOW = 4;
let store: Store;
let eventLog: EventLog;
let mutex: KeyedMutex;
let clock: FakeClock;
let id: ConversationId;
let read: ViewReader['read'];
let addNew: ViewReader['addNew'];
beforeEach(async () => {
  store = createMemoryStore();
  eventLog = createMemoryEventLog({ window: { maxEvents: WINDOW } });
  mutex = createKeyedMutex();
  clock = createFakeClock();
  ({ conversationId: id } = await accepted(store));
  ({ read, addNew } = createViewReader({ store, eventLog, mutex, clock, metrics: createMetrics() }));
});

/** Makes the next reads of messages wait until `end`. `begun` resolves at the first one, which sees what is stored now. */
function blockMessages() {
  const readMessages = store.readMessages.bind(store);
  const [begun, blocked] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
  let count = 0;
  store.readMessages = async (...args) => {
    count += 1;
    const messages = await readMessages(...args);
    begun.resolve(undefined);
    await blocked.promise;
    return messages;
  };
  const end = () => {
    blocked.resolve(undefined);
  };
  return { begun: begun.promise, end, count: () => count };
}

/** Counts the reads of messages from now on. */
function countMessages(): () => number {
  const blocked = blockMessages();
  blocked.end();
  return blocked.count;
}

/** Makes the next reads of the log wait until `end`. `begun` resolves at the first one. */
function blockLog() {
  const readLog = eventLog.read.bind(eventLog);
  const [begun, blocked] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
  eventLog.read = (...args) => {
    begun.resolve(undefined);
    return blocked.promise.then(() => readLog(...args));
  };
  const end = () => {
    blocked.resolve(undefined);
  };
  return { begun: begun.promise, end };
}

/** Stores and logs a new title, as a command does: under the mutex. `inBetween` runs after the store and before the log. */
const rename = (title: string, inBetween: () => Promise<unknown> = iteration) =>
  mutex.run(id, async () => {
    await store.setTitle(id, title, 1);
    await inBetween();
    await eventLog.append(id, [{ type: 'conversation-updated', title }]);
  });

/** Sends a message. @returns the answer of the gateway */
function send(client: ProtocolClient, conversationId: ConversationId) {
  const messageId = mintMessageId(randomBytes);
  const parts = [{ type: 'text' as const, text: 'Go on.' }];
  return client.answer(client.send({ type: 'send-message', conversationId, messageId, parts }));
}

describe('reading the state of a conversation', () => {
  it('does not delay a message: a send-message is accepted while the store is still read', async () => {
    const gateway = await startGateway({ store, eventLog });
    const client = await ProtocolClient.connect(gateway.url);
    const conversationId = mintConversationId(randomBytes);
    await send(client, conversationId); // which also makes it a viewer
    await client.answer(client.send({ type: 'unsubscribe', conversationId }));
    for (let event = 0; event < 2 * WINDOW; event += 1)
      await eventLog.append(conversationId, [titled(event)]);
    const blocked = blockMessages();
    client.send({ type: 'subscribe', conversationId });
    await blocked.begun;
    expect(await send(client, conversationId)).toMatchObject({ type: 'accepted' });
    blocked.end();
    await client.until(() => client.view?.conversation.messages.length === 4);
    await gateway.stop();
  });

  it('contains what was written while the store was read', async () => {
    const blocked = blockMessages();
    const reading = read(id);
    await blocked.begun;
    await rename('written meanwhile');
    blocked.end();
    const { position, conversation } = await reading;
    expect(conversation.title).toBe('written meanwhile');
    expect(position).toEqual(await eventLog.head(id));
  });

  it('does not show what is stored and not in the log yet before it has a position (5)', async () => {
    const [stored, logging] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
    const renamed = rename('half written', () => {
      stored.resolve(undefined);
      return logging.promise;
    });
    await stored.promise;
    const reading = read(id);
    for (let turn = 0; turn < 5; turn += 1) await iteration();
    logging.resolve(undefined);
    const { position, conversation } = await reading;
    expect([position.seq, conversation.title]).toEqual([1, 'half written']);
    await renamed;
  });

  it('is repeated when the log has dropped events of messages that were added meanwhile (6)', async () => {
    const blocked = blockMessages();
    const reading = read(id);
    await blocked.begun;
    const message = sampleQuestion('added meanwhile');
    await store.putMessages(id, [message], 1);
    await eventLog.append(id, [{ type: 'message-added', message }]);
    for (let event = 0; event < WINDOW; event += 1) await eventLog.append(id, [titled(event)]);
    blocked.end();
    expect((await reading).conversation.messages).toContainEqual(message);
    expect(blocked.count()).toBe(2);
  });

  it('is not repeated for the deltas of an answer that is being written, of which the log merges the older ones', async () => {
    const log = createMemoryEventLog();
    const blocked = blockMessages();
    const reading = createViewReader({
      store,
      eventLog: log,
      mutex,
      clock,
      metrics: createMetrics(),
    }).read(id);
    await blocked.begun;
    const partId = partIdOf(mintMessageId(randomBytes), 0);
    for (let at = 0; at < 200; at += 1) await log.append(id, [{ type: 'text-delta', partId, at, text: 'x' }]);
    blocked.end();
    expect((await reading).position.seq).toBe(200);
    expect(blocked.count()).toBe(1);
  });

  it('finds nothing when the conversation was erased meanwhile', async () => {
    const blocked = blockMessages();
    const reading = read(id);
    await blocked.begun;
    const erased = mutex.run(id, async () => {
      await store.eraseConversation(id);
      await eventLog.erase(id);
    });
    blocked.end();
    await expect(reading).rejects.toMatchObject({ code: 'not-found' });
    await erased;
  });

  it('is done once for all who come before the log is read; later ones get the same view, with what came since', async () => {
    const blocked = blockMessages();
    const first = read(id);
    await blocked.begun;
    const joined = read(id);
    const log = blockLog();
    blocked.end();
    await log.begun;
    const later = read(id);
    log.end();
    const view = await first;
    expect([await joined, await later].every((one) => one === view)).toBe(true);
    await rename('renamed since');
    const { position, conversation } = await read(id);
    expect([position.seq, conversation.title]).toEqual([1, 'renamed since']);
    expect(conversation.messages).toBe(view.conversation.messages);
    expect(blocked.count()).toBe(1);
  });

  it('is done again for whoever comes later when the log has dropped events since, and when it was erased', async () => {
    const count = countMessages();
    await read(id);
    for (let event = 0; event <= WINDOW; event += 1) await eventLog.append(id, [titled(event)]);
    expect((await read(id)).position.seq).toBe(WINDOW + 1);
    expect(count()).toBe(2);
    await store.eraseConversation(id);
    await eventLog.erase(id);
    await expect(read(id)).rejects.toMatchObject({ code: 'not-found' });
  });

  it('is not needed for a conversation that was created here a moment ago', async () => {
    const count = countMessages();
    const created = mintConversationId(randomBytes);
    const { epoch } = await eventLog.append(created, [titled(1)]);
    addNew({ id: created, title: 'first', createdAtMs: 5 }, epoch);
    await eventLog.append(created, [titled(2)]);
    const view = await read(created);
    expect(view.position).toEqual({ epoch, seq: 2 });
    expect(view.conversation).toMatchObject({ id: created, title: 'title 2', createdAtMs: 5, messages: [] });
    expect(count()).toBe(0);
    await eventLog.erase(created);
    await expect(read(created)).rejects.toMatchObject({ code: 'not-found' });
  });

  it('is done again when nobody has asked for ten seconds', async () => {
    const count = countMessages();
    await read(id);
    clock.advance(9_000);
    await read(id);
    clock.advance(9_000);
    await read(id);
    expect(count()).toBe(1);
    clock.advance(20_000);
    await read(id);
    expect(count()).toBe(2);
  });

  it('fails for all who share it, and is tried again for the next', async () => {
    const readMessages = store.readMessages.bind(store);
    store.readMessages = () => Promise.reject(new Error('the store is away'));
    const [one, other] = [read(id), read(id)];
    await expect(one).rejects.toThrow('the store is away');
    await expect(other).rejects.toThrow('the store is away');
    store.readMessages = readMessages;
    expect((await read(id)).position.seq).toBe(0);
  });
});
