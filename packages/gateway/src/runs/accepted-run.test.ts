import {
  isLogged,
  mintConversationId,
  mintMessageId,
  textOf,
  type LoggedEvent,
  type RunId,
} from '@rivulet/protocol';
import { beforeEach, afterEach, describe, expect, it, vi } from 'vitest';
import type { EventLog } from '../event-logs/event-log.ts';
import { createMemoryEventLog } from '../event-logs/memory.ts';
import { randomBytes } from '../base/index.ts';
import { createMemoryStore } from '../stores/memory.ts';
import type { Store } from '../stores/store.ts';
import { ProtocolClient } from '../testing/protocol-client.ts';
import { startGateway, type StartedGateway } from '../testing/start-gateway.ts';

const conversationId = mintConversationId(randomBytes);
let eventLog: EventLog;
let started: StartedGateway;
let client: ProtocolClient;
let store: Store;
let acceptNow: Store['accept'];
beforeEach(async () => {
  eventLog = createMemoryEventLog();
  store = createMemoryStore();
  acceptNow = store.accept.bind(store);
  started = await startGateway({ eventLog, store });
  client = await ProtocolClient.connect(started.url);
});
afterEach(() => started.stop());

const ask = (text: string) => {
  const message = {
    conversationId,
    messageId: mintMessageId(randomBytes),
    parts: [{ type: 'text' as const, text }],
  };
  return client.answer(client.send({ type: 'send-message', ...message }));
};
const logged = async () => (await eventLog.read(conversationId)).events;
const nextIteration = () => new Promise((resolve) => setImmediate(resolve));
/** The next message gets its place in the store, and is on disk when `disk` resolves. */
const delayNextAcceptance = (disk: Promise<unknown>) => {
  const durable = disk.then(() => undefined);
  durable.catch(() => undefined); // like a store: it may be ignored
  vi.spyOn(store, 'accept').mockImplementationOnce(async (acceptance) => {
    const accepted = await acceptNow(acceptance);
    return accepted.kind === 'accepted' ? { kind: 'accepted', durable } : accepted;
  });
};
const isOf = (runId: RunId) => (event: LoggedEvent) => 'runId' in event && event.runId === runId;

describe('an accepted run', () => {
  it('is not executed again when its message is sent again after its end (invariant 7)', async () => {
    const message = {
      conversationId,
      messageId: mintMessageId(randomBytes),
      parts: [{ type: 'text' as const, text: 'One?' }],
    };
    const first = await client.answer(client.send({ type: 'send-message', ...message }));
    (await started.provider.next()).finish();
    await client.received('run-finished');
    const again = await client.answer(client.send({ type: 'send-message', ...message }));
    expect(again).toEqual({ ...first, commandId: again.commandId });
    await ask('Two?');
    expect((await started.provider.next()).request.messages.at(-1)?.text).toBe('One?\n\nTwo?');
  });

  it('is in the event log before anything of the answer, which waits until the message is on disk (invariant 4)', async () => {
    const disk = Promise.withResolvers<undefined>();
    delayNextAcceptance(disk.promise);
    const answered = ask('One?');
    const scene = await started.provider.next();
    scene.emitText('At once.');
    await nextIteration();
    expect(await logged()).toEqual([]);
    disk.resolve(undefined);
    expect(await answered).toMatchObject({ type: 'accepted' });
    await client.until(() => textOf({ parts: client.view?.conversation.messages[1]?.parts ?? [] }) !== '');
    const types = (await logged()).map(({ type }) => type);
    expect(types).toEqual(['message-added', 'run-started', 'part-started']);
  });

  it('that cannot be written is not logged, and its call of the upstream is aborted (invariants 4, 7)', async () => {
    const disk = Promise.withResolvers<undefined>();
    delayNextAcceptance(disk.promise);
    const answered = ask('One?');
    const scene = await started.provider.next();
    disk.reject(new Error('disk full'));
    expect(await answered).toMatchObject({ type: 'rejected', error: { code: 'internal', retry: 'after' } });
    await nextIteration();
    expect(scene.signal.aborted).toBe(true);
    expect(await logged()).toEqual([]);
  });

  it('is in the event log while it waits in the run queue (invariant 4)', async () => {
    await ask('One?');
    const { runId } = (await ask('Two?')) as { runId: RunId };
    expect((await logged()).filter(isOf(runId))).toMatchObject([{ type: 'run-started' }]);
  });

  it('is published to the viewers, the question first (invariant 1)', async () => {
    await ask('One?');
    await client.received('synced');
    const { runId } = (await ask('Two?')) as { runId: RunId };
    await client.until(() => client.events.some((event) => isLogged(event) && isOf(runId)(event)));
    expect(client.events.filter(isLogged).slice(-2)).toMatchObject([
      { type: 'message-added' },
      { type: 'run-started' },
    ]);
  });
});
