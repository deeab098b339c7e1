import { mintConversationId, mintMessageId } from '@rivulet/protocol';
import { expect, it } from 'vitest';
import { randomBytes } from '../base/index.ts';
import type { Provider, ProviderBatch, ProviderEvent } from '../providers/provider.ts';
import { ProtocolClient } from '../testing/protocol-client.ts';
import { startGateway } from '../testing/start-gateway.ts';

it('the time from the upstream to the log is observed for the batches that have one', async () => {
  const events: ProviderEvent[] = [{ type: 'response-started' }, { type: 'text-delta', text: 'word' }];
  const timed: ProviderBatch = Object.assign(events, { readAtMs: performance.now() - 20 });
  const provider: Provider = {
    name: 'timed',
    async *stream() {
      yield timed;
      yield await Promise.resolve([{ type: 'text-delta', text: ' more' }] as const);
      yield { type: 'finished', reason: 'stop' };
    },
  };
  const gateway = await startGateway({ provider });
  const client = await ProtocolClient.connect(gateway.url);
  const ids = { conversationId: mintConversationId(randomBytes), messageId: mintMessageId(randomBytes) };
  client.send({ type: 'send-message', ...ids, parts: [{ type: 'text', text: 'Hello?' }] });
  await client.until(() => client.view?.conversation.messages.at(-1)?.run?.state === 'finished');
  const metrics = await (await fetch(`${gateway.url}/metrics`)).text();
  expect(metrics).toContain('rivulet_upstream_to_log_seconds_count 1\n');
  expect(Number(/rivulet_upstream_to_log_seconds_sum (\S+)/.exec(metrics)?.[1])).toBeGreaterThan(0.019);
  await gateway.stop();
});
