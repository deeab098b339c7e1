import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ProtocolClient } from '../packages/gateway/src/testing/protocol-client.ts';
import { ask, greet } from './support/asking.ts';
import { createDataFolder, startGateway, startUpstream, type UpstreamProcess } from './support/processes.ts';

const SOCKETS = 500;
const RUNS = 50;

let upstream: UpstreamProcess;
const data = createDataFolder();
beforeAll(async () => {
  upstream = await startUpstream();
});
afterAll(async () => {
  await upstream.end('SIGTERM');
  data.remove();
});

describe('SIGTERM', () => {
  it(`with ${SOCKETS} sockets and ${RUNS} running replies: all are told within 1 s, nothing is lost, exit 0`, async () => {
    const environment = { OPENAI_API_KEY: 'key', OPENAI_BASE_URL: upstream.url, RIVULET_DATA: data.path };
    const gateway = await startGateway(environment);
    const askers = await Promise.all(Array.from({ length: RUNS }, () => greet(gateway.url)));
    const idle = await Promise.all(
      Array.from({ length: SOCKETS - RUNS }, () => ProtocolClient.connect(gateway.url)),
    );
    const asked = askers.map(({ client }) => ask(client, 'Take your time [[hang-mid]]'));
    await Promise.all(askers.map(({ client }) => client.until(() => client.text.includes('first half'))));

    const startedAtMs = performance.now();
    const ended = gateway.end('SIGTERM');
    const drained = [...askers.map(({ client }) => client), ...idle].map(async (client) => {
      await client.received('draining');
      return performance.now() - startedAtMs;
    });
    const slowestMs = Math.max(...(await Promise.all(drained)));
    console.log(`${SOCKETS} viewers told of the drain within ${slowestMs.toFixed(0)} ms`);
    expect(slowestMs).toBeLessThan(1_000);
    expect((await fetch(`${gateway.url}/readyz`)).status).toBe(503);
    const [first] = askers;
    expect(await first!.client.answer(ask(first!.client, 'Too late?').commandId)).toMatchObject({
      error: { code: 'draining', retry: 'same' },
    });

    await fetch(`${upstream.origin}/control/release`, { method: 'POST' });
    await Promise.all(askers.map(({ client }) => client.received('run-finished')));
    expect(await ended).toBe(0);

    const restarted = await startGateway(environment);
    const texts = askers.map(async ({ token }, index) => {
      const { conversationId } = asked[index]!;
      const reader = await ProtocolClient.connect(restarted.url, {
        token,
        subscriptions: [{ conversationId }],
      });
      await reader.received('synced');
      return { text: reader.text, reason: reader.view?.conversation.messages.at(-1)?.run?.reason };
    });
    const whole = { text: 'The first half of a sentence and the second half.', reason: 'stop' };
    expect(await Promise.all(texts)).toEqual(Array(RUNS).fill(whole));
    expect(await restarted.end('SIGTERM')).toBe(0);
  });
});
