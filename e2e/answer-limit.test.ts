/** The limit of an answer's length: an upstream that does not stop must not cost the gateway memory. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startUpstream, type Upstream } from '../packages/gateway/src/testing/upstream/upstream.ts';
import { ProtocolClient } from '../packages/gateway/src/testing/protocol-client.ts';
import { memoryOf } from './support/memory.ts';
import { createDataFolder, startGateway, type GatewayProcess } from './support/processes.ts';
import { ask, greet } from './support/protocol-visitor.ts';

const ANSWER_KB = 32_000;
const MAX_ANSWER_CHARS = 1_048_576;
/** Most of it is garbage that is not collected yet, some 55 MB. Without the limit it is 600 MB. */
const MAX_GROWTH_MB = 96;

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
  await gateway.end('SIGKILL');
  await upstream.close();
  data.remove();
});

describe('an upstream that sends far more than an answer may have', () => {
  it(`costs at most ${MAX_GROWTH_MB} MB, with a viewer that reads and one that has stopped`, async () => {
    const { client: reader, token } = await greet(gateway.url);
    const stopped = await ProtocolClient.connect(gateway.url, { token });
    const before = memoryOf(gateway.child.pid!);
    const { conversationId, commandId } = ask(reader, `Do not stop. [[long:${ANSWER_KB}]]`);
    await reader.answer(commandId);
    stopped.send({ type: 'subscribe', conversationId });
    stopped.pause();
    expect(await reader.received('run-finished')).toMatchObject({ reason: 'length' });
    const growthMb = memoryOf(gateway.child.pid!).peakMb - before.nowMb;
    console.log(`an answer of ${ANSWER_KB} KB: peak +${growthMb.toFixed(0)} MB`);
    expect(reader.text).toHaveLength(MAX_ANSWER_CHARS);
    expect(growthMb).toBeLessThan(MAX_GROWTH_MB);
    void stopped.cut();
  });
});
