import { ChatError, mintConversationId, mintMessageId } from '@rivulet/protocol';
import { expect, it } from 'vitest';
import { createMemoryEventLog } from '../event-logs/memory.ts';
import { createMemoryStore } from '../stores/memory.ts';
import { randomBytes } from '../base/index.ts';
import { ProtocolClient } from '../testing/protocol-client.ts';
import { startGateway } from '../testing/start-gateway.ts';

it('a run whose events the log rejects aborts its upstream request and ends as an error, with its text stored', async () => {
  const eventLog = createMemoryEventLog();
  const store = createMemoryStore();
  let refusals = 0;
  const append = eventLog.append.bind(eventLog);
  const flaky = Object.assign(eventLog, {
    append: (...args: Parameters<typeof append>) => {
      if (!args[1].some(({ type }) => type === 'text-delta')) return append(...args);
      refusals += 1;
      return Promise.reject(new ChatError('internal'));
    },
  });
  const started = await startGateway({ eventLog: flaky, store });
  const client = await ProtocolClient.connect(started.url);
  const conversationId = mintConversationId(randomBytes);
  const parts = [{ type: 'text' as const, text: 'Go on.' }];
  client.send({ type: 'send-message', conversationId, messageId: mintMessageId(randomBytes), parts });
  const scene = await started.provider.next();
  scene.emitText('Taken. ');
  await client.until(() => client.text !== '');
  scene.emitText('Refused.');
  expect(await client.received('run-finished')).toMatchObject({
    reason: 'error',
    error: { code: 'internal' },
  });
  expect(scene.signal.aborted).toBe(true);
  expect(refusals).toBe(1);
  const [, answer] = await store.readMessages(conversationId);
  expect(answer).toMatchObject({ run: { reason: 'error' }, parts: [{ text: 'Taken. Refused.' }] });
  await started.stop();
});
