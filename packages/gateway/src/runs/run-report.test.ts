import { afterEach, expect, it, vi } from 'vitest';
import { mintConversationId, mintMessageId } from '@rivulet/protocol';
import { randomBytes, silentLogger, type Logger } from '../base/index.ts';
import { createFallbackProvider } from '../providers/fallback.ts';
import { upstreamError } from '../providers/upstream-error.ts';
import { ProtocolClient } from '../testing/protocol-client.ts';
import { createScriptProvider } from '../testing/script-provider.ts';
import { startGateway, type StartedGateway } from '../testing/start-gateway.ts';

const logger = { ...silentLogger, info: vi.fn<Logger['info']>(), warn: vi.fn<Logger['warn']>() };
const question = () => ({
  ...{ type: 'send-message' as const, conversationId: mintConversationId(randomBytes) },
  ...{ messageId: mintMessageId(randomBytes), parts: [{ type: 'text' as const, text: 'Hello' }] },
});
let started: StartedGateway;
afterEach(() => started.stop());

it('tells the operator host, model, status, request id, words and what to do, and the visitor none of them (G14)', async () => {
  started = await startGateway({ logger });
  const client = await ProtocolClient.connect(started.url);
  await client.answer(client.send(question()));
  const words = 'Incorrect API key provided: sk-abc***xyz9.';
  const facts = { host: 'api.example.com', model: 'm', status: 401, requestId: 'req_1', words };
  (await started.provider.next()).fail(upstreamError(facts));
  const { error } = await client.received('run-finished');
  const [line] = logger.warn.mock.lastCall ?? [];
  expect(line).toMatchObject({
    cause: { host: 'api.example.com', model: 'm', status: 401, requestId: 'req_1', reason: 'bad-key' },
    words: 'Incorrect API key provided: [key]',
    advice: expect.stringContaining('OPENAI_API_KEY') as string,
    ref: error?.ref,
  });
  expect(JSON.stringify(error)).not.toMatch(/example|req_1|Incorrect|OPENAI/);
});

it('drops a token count of a provider that is not valid', async () => {
  started = await startGateway({ logger });
  const client = await ProtocolClient.connect(started.url);
  await client.answer(client.send(question()));
  const scene = await started.provider.next();
  scene.emitText('Hi');
  scene.emit({ type: 'finished', reason: 'stop', usage: { inputTokens: Infinity, outputTokens: -1 } });
  const { reason, usage } = await client.received('run-finished');
  expect({ reason, usage }).toEqual({ reason: 'stop', usage: undefined });
});

it('names the upstream of a chain that has answered, and the provider of the site, not that of the gateway', async () => {
  const [first, second] = [createScriptProvider(), createScriptProvider()];
  const chain = createFallbackProvider([
    { ...first, name: 'first', upstreamOf: () => 'first: a.example small' },
    { ...second, name: 'second', upstreamOf: () => 'second: b.example large' },
  ]);
  started = await startGateway({ logger, sites: [{ id: 'demo', origins: ['*'], provider: chain }] });
  const client = await ProtocolClient.connect(started.url);
  await client.answer(client.send(question()));
  (await first.next()).fail(upstreamError({ host: 'a.example', model: 'small', status: 503 }));
  const scene = await second.next();
  scene.emit({ type: 'nonsense' } as never);
  scene.emitText('Hi');
  scene.finish();
  await client.received('run-finished');
  const finished = logger.info.mock.calls.find(([, line]) => line === 'run finished')?.[0];
  expect(finished).toMatchObject({ provider: chain.name, answeredBy: 'second: b.example large' });
  expect(logger.warn.mock.lastCall?.[0]).toMatchObject({ provider: chain.name, dropped: 1 });
});
