/** How soon a stop closes the request to the upstream. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startUpstream, type Upstream } from '../packages/gateway/src/testing/upstream/upstream.ts';
import { ask, greet } from './support/protocol-visitor.ts';
import { createDataFolder, startGateway, type GatewayProcess } from './support/processes.ts';
import { quantile } from './support/scale.ts';

const RUNS = 100;

let upstream: Upstream;
let gateway: GatewayProcess;
const data = createDataFolder();
beforeAll(async () => {
  upstream = await startUpstream();
  gateway = await startGateway({
    OPENAI_API_KEY: 'key',
    OPENAI_BASE_URL: upstream.url,
    RIVULET_DATA: data.path,
  });
});
afterAll(async () => {
  await gateway.end('SIGTERM');
  await upstream.close();
  data.remove();
});

describe('a stop (invariant 2)', () => {
  it(`closes the upstream's socket in each of ${RUNS} runs, and no delta follows the end of the run`, async () => {
    const { client } = await greet(gateway.url);
    const delaysMs: number[] = [];
    let lateDeltas = 0;
    for (let run = 1; run <= RUNS; run += 1) {
      const { conversationId, messageId } = ask(client, 'Speak [[pace:5]]');
      await upstream.waitFor({ state: 'streaming', count: 1 });
      await client.until(() => client.events.some(({ type }) => type === 'part-started'));
      const sentAtMs = Date.now();
      client.send({ type: 'abort-run', conversationId, messageId });
      const closed = (await upstream.waitFor({ state: 'client-closed', count: run })).at(-1);
      delaysMs.push((closed?.endedAtMs ?? Number.NaN) - sentAtMs);
      await client.received('run-finished');
      client.send({ type: 'ping' });
      await client.received('pong');
      const end = client.events.findIndex(({ type }) => type === 'run-finished');
      lateDeltas += client.events.slice(end).filter(({ type }) => type === 'text-delta').length;
      client.events.length = 0;
      client.view = undefined;
    }
    const [p50, p99] = [quantile(delaysMs, 0.5), quantile(delaysMs, 0.99)];
    console.log(
      `stop, from the command to the closed upstream socket, ${RUNS} runs: p50 ${p50} ms, p99 ${p99} ms; late deltas ${lateDeltas}`,
    );
    expect(lateDeltas).toBe(0);
    expect(delaysMs).toHaveLength(RUNS);
  });
});
