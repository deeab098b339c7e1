import {
  ChatError,
  mintConversationId,
  mintMessageId,
  type ConversationId,
  type LoggedEvent,
} from '@rivulet/protocol';
import { describe, expect, it } from 'vitest';
import { createMemoryEventLog } from '../event-logs/memory.ts';
import { randomBytes } from '../base/index.ts';
import { createMemoryStore } from '../stores/memory.ts';
import { finished, withText } from '../testing/samples.ts';
import { ProtocolClient } from '../testing/protocol-client.ts';
import { startGateway, type StartedGateway } from '../testing/start-gateway.ts';

const conversationId: ConversationId = mintConversationId(randomBytes);
const ask = async ({ url }: StartedGateway) => {
  const client = await ProtocolClient.connect(url);
  const parts = [{ type: 'text' as const, text: 'Hello?' }];
  client.send({ type: 'send-message', conversationId, messageId: mintMessageId(randomBytes), parts });
  return client;
};
const short = (event: LoggedEvent) => (event.type === 'run-finished' ? event.reason : event.type);

describe('the end of a run (invariant 3)', () => {
  it.each(['stop', 'aborted', 'error'] as const)(
    'is logged once, as the last event of the run: %s',
    async (reason) => {
      const eventLog = createMemoryEventLog();
      const started = await startGateway({ eventLog });
      const client = await ask(started);
      const scene = await started.provider.next();
      scene.emitText('One delta. ');
      if (reason === 'error') scene.fail(new Error('no luck'));
      else if (reason === 'stop') scene.finish();
      else client.send({ type: 'abort-run', conversationId });
      await client.received('run-finished');
      scene.emitText('Late.');
      // Anything that the run still wrote would be logged before the answer to a command that is sent now.
      await client.answer(client.send({ type: 'abort-run', conversationId }));
      const { events } = await eventLog.read(conversationId);
      expect(events.map(short)).toEqual(['message-added', 'run-started', 'part-started', reason]);
      await started.stop();
    },
  );

  it('is not written by a gateway whose run another gateway has taken over', async () => {
    const store = createMemoryStore();
    const eventLog = createMemoryEventLog();
    const append = eventLog.append.bind(eventLog);
    let isTakenOver = false;
    const fenced = Object.assign(eventLog, {
      append: (...args: Parameters<typeof append>) =>
        isTakenOver ? Promise.reject(new ChatError('conflict')) : append(...args),
    });
    const started = await startGateway({ store, eventLog: fenced });
    await ask(started);
    const scene = await started.provider.next();
    isTakenOver = true;
    scene.emitText('Nobody takes this.');
    await started.gateway.drain();
    expect(scene.signal.aborted).toBe(true);
    expect((await store.readMessages(conversationId))[1]).toMatchObject({ run: { state: 'running' } });
    await started.stop();
  });

  it('is logged for the viewers also when another process has written it to the store', async () => {
    const store = createMemoryStore();
    const started = await startGateway({ store });
    const client = await ask(started);
    const scene = await started.provider.next();
    scene.emitText('So far.');
    await client.received('part-started');
    const [unfinished] = (await store.readStanding(conversationId))?.unfinished ?? [];
    if (unfinished === undefined) throw new Error('the reply is not in the store');
    const end = finished(withText(unfinished.answer, 'So'), 'interrupted');
    await store.endRun(conversationId, end, 1);
    scene.finish();
    expect(await client.received('run-finished')).toMatchObject({ reason: 'interrupted' });
    expect(client.view?.conversation.messages[1]).toMatchObject({ parts: [{ text: 'So' }] });
    await started.stop();
  });
});
