/** Backpressure: connections that do not read must not cost the gateway memory. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startUpstream, type Upstream } from '../packages/gateway/src/testing/upstream/upstream.ts';
import { ProtocolClient } from '../packages/gateway/src/testing/protocol-client.ts';
import { ask, greet } from './support/protocol-visitor.ts';
import { createDataFolder, startGateway, type GatewayProcess } from './support/processes.ts';
import { memoryOf } from './support/memory.ts';
import { quantile, scaled } from './support/scale.ts';

const STUCK_VIEWERS = 100;
const FLOOD_KB = scaled({ sample: 2_000, full: 8_000 });
const MAX_GROWTH_MB = 64;

let upstream: Upstream;
let gateway: GatewayProcess;
const data = createDataFolder();
beforeAll(async () => {
  upstream = await startUpstream();
  const file = join(data.path, 'rivulet.json');
  writeFileSync(file, JSON.stringify({ limits: { maxAnswerChars: FLOOD_KB * 1_000 } }));
  gateway = await startGateway(
    { OPENAI_API_KEY: 'key', OPENAI_BASE_URL: upstream.url, RIVULET_DATA: data.path },
    ['--config', file],
  );
});
afterAll(async () => {
  await gateway.end('SIGKILL');
  await upstream.close();
  data.remove();
});

describe('viewers that do not read from their sockets', () => {
  it(`do not grow memory by more than ${MAX_GROWTH_MB} MB: ${STUCK_VIEWERS} of them with an answer of ${FLOOD_KB} KB`, async () => {
    const { client: reader, token } = await greet(gateway.url);
    // Warm-up answers of the same size, so that the measurement does not include the first growth of the heap.
    for (let round = 0; round < 3; round += 1) {
      reader.events.length = 0;
      ask(reader, `Warm up [[long:${FLOOD_KB}]]`);
      await reader.received('run-finished');
    }
    const before = memoryOf(gateway.child.pid!);

    const stuck = await Promise.all(
      Array.from({ length: STUCK_VIEWERS }, () => ProtocolClient.connect(gateway.url, { token })),
    );
    reader.events.length = 0;
    const second = ask(reader, `Flood [[long:${FLOOD_KB}]]`);
    for (const viewer of stuck) {
      viewer.send({ type: 'subscribe', conversationId: second.conversationId });
      viewer.pause();
    }
    // The round trip of a ping shows how long an event to the reader waits in the meantime.
    const waitsMs: number[] = [];
    while (!reader.events.some(({ type }) => type === 'run-finished')) {
      const sentAtMs = performance.now();
      const id = reader.send({ type: 'ping' });
      await reader.until(() =>
        reader.events.some((event) => event.type === 'pong' && event.commandId === id),
      );
      waitsMs.push(performance.now() - sentAtMs);
    }
    const after = memoryOf(gateway.child.pid!);
    const growthMb = after.peakMb - before.peakMb;
    const p99 = quantile(waitsMs, 0.99);
    console.log(
      `${STUCK_VIEWERS} stuck viewers, ${FLOOD_KB} KB: peak +${growthMb.toFixed(0)} MB (now ${after.nowMb.toFixed(0)}, before ${before.nowMb.toFixed(0)}), reader p50 ${quantile(waitsMs, 0.5).toFixed(1)} p99 ${p99.toFixed(1)} ms over ${waitsMs.length}`,
    );
    expect(growthMb).toBeLessThan(MAX_GROWTH_MB);
    for (const viewer of stuck) void viewer.cut();
  });
});
