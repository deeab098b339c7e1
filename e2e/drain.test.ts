/** Graceful shutdown of a gateway with many connections and running replies. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ProtocolClient } from '../packages/gateway/src/testing/protocol-client.ts';
import { ask, greet } from './support/protocol-visitor.ts';
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
  it(`notifies ${SOCKETS} sockets within 1 s, completes ${RUNS} running replies, and exits with 0`, async () => {
    const environment = { OPENAI_API_KEY: 'key', OPENAI_BASE_URL: upstream.url, RIVULET_DATA: data.path };
    const gateway = await startGateway(environment);
    const senders = await Promise.all(Array.from({ length: RUNS }, () => greet(gateway.url)));
    const idle = await Promise.all(
      Array.from({ length: SOCKETS - RUNS }, () => ProtocolClient.connect(gateway.url)),
    );
    const questions = senders.map(({ client }) => ask(client, 'Take your time [[hang-mid]]'));
    await Promise.all(senders.map(({ client }) => client.until(() => client.text.includes('first half'))));

    const startedAtMs = performance.now();
    const ended = gateway.end('SIGTERM');
    const drained = [...senders.map(({ client }) => client), ...idle].map(async (client) => {
      await client.received('draining');
      return performance.now() - startedAtMs;
    });
    const slowestMs = Math.max(...(await Promise.all(drained)));
    console.log(`${SOCKETS} sockets received the drain event within ${slowestMs.toFixed(0)} ms`);
    expect(slowestMs).toBeLessThan(1_000);
    expect((await fetch(`${gateway.url}/readyz`)).status).toBe(503);
    const [first] = senders;
    expect(await first!.client.answer(ask(first!.client, 'Too late?').commandId)).toMatchObject({
      error: { code: 'draining', retry: 'same' },
    });

    await fetch(`${upstream.origin}/control/release`, { method: 'POST' });
    await Promise.all(senders.map(({ client }) => client.received('run-finished')));
    expect(await ended).toBe(0);

    const restarted = await startGateway(environment);
    const texts = senders.map(async ({ token }, index) => {
      const { conversationId } = questions[index]!;
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
