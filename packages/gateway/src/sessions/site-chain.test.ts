import { mintConversationId, mintMessageId } from '@rivulet/protocol';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { randomBytes } from '../base/index.ts';
import { createFallbackProvider } from '../providers/fallback.ts';
import type { Site } from '../sites/sites.ts';
import { ProtocolClient } from '../testing/protocol-client.ts';
import { createScriptProvider } from '../testing/script-provider.ts';
import { startGateway, type StartedGateway } from '../testing/start-gateway.ts';

const [first, second, other] = [createScriptProvider(), createScriptProvider(), createScriptProvider()];
const siteOn = (...chain: ReturnType<typeof createScriptProvider>[]): Site => ({
  id: 'demo',
  origins: ['self'],
  provider: createFallbackProvider(chain),
});
const ask = (client: ProtocolClient) =>
  client.send({
    type: 'send-message',
    conversationId: mintConversationId(randomBytes),
    messageId: mintMessageId(randomBytes),
    parts: [{ type: 'text', text: 'Hello' }],
  });

let started: StartedGateway;
beforeEach(async () => {
  started = await startGateway({ sites: [siteOn(first, second)] });
});
afterEach(() => started.stop());

it('a running reply keeps the chain of upstreams that it began with, and a new one gets the chain of the new settings', async () => {
  const [before, after] = [
    await ProtocolClient.connect(started.url),
    await ProtocolClient.connect(started.url),
  ];
  ask(before);
  const running = await first.next();
  started.gateway.updateSites([siteOn(other)]);
  ask(after);
  const fresh = await other.next();
  running.fail(new Error('this upstream is away'));
  const next = await second.next();
  next.emitText('of the old chain');
  next.finish();
  fresh.emitText('of the new chain');
  fresh.finish();
  await Promise.all([before.until(() => before.text !== ''), after.until(() => after.text !== '')]);
  expect([before.text, after.text]).toEqual(['of the old chain', 'of the new chain']);
});
