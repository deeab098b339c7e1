import { isLogged, mintConversationId, mintMessageId, type LoggedEvent, type RunId } from '@rivulet/protocol';
import { beforeEach, afterEach, describe, expect, it } from 'vitest';
import type { EventLog } from '../event-logs/event-log.ts';
import { createMemoryEventLog } from '../event-logs/memory.ts';
import { randomBytes } from '../base/index.ts';
import { ProtocolClient } from '../testing/protocol-client.ts';
import { startGateway, type StartedGateway } from '../testing/start-gateway.ts';

const conversationId = mintConversationId(randomBytes);
let eventLog: EventLog;
let started: StartedGateway;
let client: ProtocolClient;
beforeEach(async () => {
  eventLog = createMemoryEventLog();
  started = await startGateway({ eventLog });
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
    expect((await started.provider.next()).request.messages.at(-1)?.text).toBe('Two?');
  });

  it('is in the event log before the upstream is called (invariant 4)', async () => {
    void ask('One?');
    await started.provider.next();
    expect((await logged()).map(({ type }) => type)).toEqual(['message-added', 'run-started']);
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
