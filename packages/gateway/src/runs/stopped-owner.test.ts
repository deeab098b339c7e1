/** A gateway whose process was stopped for longer than its lease (SIGSTOP, a suspended machine) and runs again. */
import { mintConversationId, mintMessageId } from '@rivulet/protocol';
import { expect, it, vi } from 'vitest';
import { randomBytes, systemClock, type Clock } from '../base/index.ts';
import { createMemoryEventLog } from '../event-logs/memory.ts';
import { createMemoryStore } from '../stores/memory.ts';
import { ProtocolClient } from '../testing/protocol-client.ts';
import { startGateway } from '../testing/start-gateway.ts';

/** A gateway that writes an answer, on a log that others may write to, and whose clock jumps as it does for a stopped process. */
async function writing() {
  let stoppedMs = 0;
  const clock: Clock = { ...systemClock, now: () => Date.now() + stoppedMs };
  const [store, log] = [createMemoryStore(), createMemoryEventLog({ clock })];
  const eventLog = Object.assign(log, { isShared: true });
  const [endRun, saveProgress] = [vi.spyOn(store, 'endRun'), vi.spyOn(store, 'saveProgress')];
  const started = await startGateway({ clock, store, eventLog });
  const client = await ProtocolClient.connect(started.url);
  const conversationId = mintConversationId(randomBytes);
  const parts = [{ type: 'text' as const, text: 'Hello?' }];
  client.send({ type: 'send-message', conversationId, messageId: mintMessageId(randomBytes), parts });
  const scene = await started.provider.next();
  scene.emitText('Before.');
  await vi.waitFor(() => {
    expect(saveProgress).toHaveBeenCalled();
  });
  const stopFor = (ms: number) => {
    stoppedMs += ms;
  };
  return { started, client, scene, store, eventLog, conversationId, endRun, saveProgress, stopFor };
}

it('writes nothing into the store or the log when another gateway has taken its lease (3)', async () => {
  const { started, scene, eventLog, conversationId, endRun, saveProgress, stopFor } = await writing();
  stopFor(20_000);
  const taken = await eventLog.acquireLease(conversationId, 60_000);
  expect(taken).toBeDefined();
  const before = [saveProgress.mock.calls.length, (await eventLog.head(conversationId)).seq];
  // The log refuses nothing: there is only the end to write, and the store has no lease.
  scene.finish();
  await started.gateway.drain();
  expect(endRun).not.toHaveBeenCalled();
  expect([saveProgress.mock.calls.length, (await eventLog.head(conversationId)).seq]).toEqual(before);
  await started.stop();
});

it('goes on when nobody has taken its lease meanwhile, and its answer is complete', async () => {
  const { started, client, scene, store, conversationId, stopFor } = await writing();
  stopFor(20_000);
  scene.emitText(' After.');
  scene.finish();
  expect(await client.received('run-finished')).toMatchObject({ reason: 'stop' });
  const [, answer] = await store.readMessages(conversationId);
  expect(answer).toMatchObject({ parts: [{ text: 'Before. After.' }], run: { reason: 'stop' } });
  await started.stop();
});
