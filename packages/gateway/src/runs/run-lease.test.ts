/** The lease of a run is given back whatever happens to the run: the next run of the conversation must not wait for its expiry. */
import { mintConversationId, mintMessageId } from '@rivulet/protocol';
import { expect, it, vi } from 'vitest';
import { randomBytes, silentLogger, type Logger } from '../base/index.ts';
import { createMemoryEventLog } from '../event-logs/memory.ts';
import { createMemoryStore } from '../stores/memory.ts';
import { ProtocolClient } from '../testing/protocol-client.ts';
import { startGateway, type StartedGateway } from '../testing/start-gateway.ts';

/** Sends a question, ends its answer, and returns how the conversation's lease stands afterwards. */
async function isLeaseFree(started: StartedGateway, eventLog: ReturnType<typeof createMemoryEventLog>) {
  const client = await ProtocolClient.connect(started.url);
  const conversationId = mintConversationId(randomBytes);
  const parts = [{ type: 'text' as const, text: 'Hello' }];
  client.send({ type: 'send-message', conversationId, messageId: mintMessageId(randomBytes), parts });
  (await started.provider.next()).finish();
  return vi.waitFor(async () => {
    const lease = await eventLog.acquireLease(conversationId, 1_000);
    expect(lease).toBeDefined();
    return true;
  });
}

it('the lease is released after the host’s logger threw at the end of the run', async () => {
  vi.spyOn(process, 'emitWarning').mockReturnValue(undefined);
  const fail = () => {
    throw new Error('the pipe is closed');
  };
  const logger: Logger = { ...silentLogger, info: fail, warn: fail, error: fail, child: () => logger };
  const eventLog = createMemoryEventLog();
  const started = await startGateway({ eventLog, logger });
  expect(await isLeaseFree(started, eventLog)).toBe(true);
  await started.stop();
  vi.restoreAllMocks();
});

it('the lease is released after a store threw while the usage of the run was recorded', async () => {
  const eventLog = createMemoryEventLog();
  const store = createMemoryStore();
  const recordUsage = () => {
    throw new Error('a bug of the store');
  };
  const started = await startGateway({ eventLog, store: Object.assign(store, { recordUsage }) });
  expect(await isLeaseFree(started, eventLog)).toBe(true);
  await started.stop();
});
