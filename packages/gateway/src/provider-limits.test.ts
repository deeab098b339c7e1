import { mintConversationId, mintMessageId } from '@rivulet/protocol';
import { expect, it } from 'vitest';
import { randomBytes } from './base/index.ts';
import { createFakeClock } from './testing/fake-clock.ts';
import { createScriptProvider } from './testing/script-provider.ts';
import { startGateway } from './testing/start-gateway.ts';
import type { GatewayOptions } from './gateway-options.ts';

/** Asks a provider with a limit of 1 s for its first content, which comes after 2 s. @returns what the caller gets */
async function askSlowProvider(own: GatewayOptions['limits']) {
  const [provider, clock] = [createScriptProvider(), createFakeClock()];
  const local = { ...provider, limits: { upstreamFirstContentMs: 1_000 } };
  const started = await startGateway({ provider: local, clock, limits: { ...own } });
  const body = JSON.stringify({ text: 'Hello?', messageId: mintMessageId(randomBytes) });
  const path = `/v1/conversations/${mintConversationId(randomBytes)}/messages`;
  const headers = { 'content-type': 'application/json' };
  const answer = fetch(started.url + path, { method: 'POST', headers, body });
  const scene = await provider.next();
  await new Promise(setImmediate); // the run reads the start of the response
  clock.advance(2_000);
  scene.emitText('Hello.');
  scene.finish();
  const outcome = await (await answer).text();
  await started.stop();
  return outcome;
}

it('the limits of a provider hold, such as those of a local upstream, unless the caller sets others (G02)', async () => {
  expect(await askSlowProvider({})).toContain('upstream-timeout');
  expect(await askSlowProvider({ upstreamFirstContentMs: 60_000 })).toContain('"reason":"stop"');
});
