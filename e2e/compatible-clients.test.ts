/** The compatible clients when the gateway is killed: an error and never a clean end, and a chat that goes on afterwards. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COMPAT_CLIENTS } from '../packages/gateway/src/testing/compat/compat-clients.ts';
import { COMPAT_SCRIPTS } from '../packages/gateway/src/testing/compat/compat-scripts.ts';
import { ProtocolClient } from '../packages/gateway/src/testing/protocol-client.ts';
import { releaseWords } from './support/gated-answers.ts';
import { startHarness, type Harness } from './support/harness.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.close());

describe.each(COMPAT_CLIENTS)('$name', (adapter) => {
  it(COMPAT_SCRIPTS.killed, async () => {
    const visitor = await ProtocolClient.connect(harness.gateway.url);
    const { token = '' } = await visitor.received('welcome');
    const connection = { url: harness.gateway.url, token, chatId: 'main' };
    const client = adapter.open(connection);
    const question = `${adapter.name}: are you there? [[words:6]]`;
    client.ask(question);
    await releaseWords(harness.upstream, question, 2);
    await expect.poll(() => client.text).not.toBe('');
    await harness.gateway.end('SIGKILL');
    await expect.poll(() => client.status).toBe('failed');
    await client.close();

    await harness.restartGateway();
    const reloaded = adapter.open(connection, [question]);
    reloaded.resume();
    // The answer that was interrupted is over: there is nothing to go on with, and no page waits for it.
    await expect.poll(() => reloaded.status).not.toBe('busy');
    const again = `${adapter.name}: and now? [[words:2]]`;
    reloaded.ask(again);
    await releaseWords(harness.upstream, again, 2);
    await expect.poll(() => reloaded.status).toBe('idle');
    expect(reloaded.text).not.toBe('');
    await reloaded.close();
  });
});
