/** The ends of answers that are unusual, from the upstream over HTTP to the viewer. */
import { mintConversationId, mintMessageId } from '@rivulet/protocol';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { randomBytes, silentLogger } from '../base/index.ts';
import { createOpenAiProvider } from '../providers/openai.ts';
import { createMemoryStore } from '../stores/memory.ts';
import { ProtocolClient } from '../testing/protocol-client.ts';
import { startGateway, type StartedGateway } from '../testing/start-gateway.ts';
import { startUpstream, type Upstream } from '../testing/upstream/upstream.ts';

const logger = { ...silentLogger, info: vi.fn() };
const conversationId = mintConversationId(randomBytes);
let upstream: Upstream;
let store: ReturnType<typeof createMemoryStore>;
let started: StartedGateway;
let client: ProtocolClient;
beforeEach(async () => {
  upstream = await startUpstream();
  const provider = createOpenAiProvider({ apiKey: 'key', baseUrl: upstream.url, model: 'test' });
  store = createMemoryStore();
  started = await startGateway({ provider, logger, store });
  client = await ProtocolClient.connect(started.url);
});
afterEach(async () => {
  logger.info.mockClear();
  await started.stop();
  await upstream.close();
});

/** Asks and waits for the end. @returns the end */
const ask = (text: string) => {
  const parts = [{ type: 'text' as const, text }];
  client.send({ type: 'send-message', conversationId, messageId: mintMessageId(randomBytes), parts });
  return client.received('run-finished');
};
const answer = () => client.view?.conversation.messages.at(-1)?.parts;

it('tells the operator that an answer had no finish reason (G16)', async () => {
  expect(await ask('[[done-only]]')).toMatchObject({ reason: 'stop' });
  expect(logger.info).toHaveBeenCalledWith(
    expect.objectContaining({ remark: expect.stringContaining('[DONE] without a finish reason') as string }),
    'an answer ended in an unusual way',
  );
});

it('shows reasoning between tags as reasoning, and never tells it to the model as its answer (G01) (W08)', async () => {
  await ask('[[think-tags]]');
  expect(answer()).toEqual([
    { type: 'reasoning', text: 'a secret plan' },
    { type: 'text', text: 'The answer.' },
  ]);
  void ask('Go on.');
  const [, second] = await upstream.waitFor({ count: 2 });
  expect(second?.body).toMatchObject({
    messages: [{}, { role: 'assistant', content: 'The answer.' }, { content: 'Go on.' }],
  });
});

it('turns text that viewers have seen into reasoning when only its closing tag comes (G01)', async () => {
  void ask('[[think-end]]');
  await client.until(() => client.text !== '');
  upstream.release();
  await client.received('run-finished');
  const parts = [
    { type: 'reasoning', text: 'a secret plan' },
    { type: 'text', text: 'The answer.' },
  ];
  expect(answer()).toEqual(parts);
  const [, stored] = await store.readMessages(conversationId);
  expect(stored?.parts).toEqual(parts);
});

it.each([
  ['nothing', 'no-content'],
  ['white space', 'blank'],
  ['only reasoning', 'only-reasoning'],
  ['only reasoning between tags', 'only-think-tags'],
])(
  'ends as an error that a visitor can retry when the model answers %s (G13) (W37)',
  async (_what, scene) => {
    expect(await ask(`[[${scene}]]`)).toMatchObject({
      reason: 'error',
      error: { code: 'upstream-empty', retry: 'new', ref: expect.any(String) as string },
    });
  },
);

it('is a success without text when a tool was called (G13)', async () => {
  const tool = { name: 'weather', description: 'x', parameters: { type: 'object' }, handler: () => 'clear' };
  await started.stop();
  const provider = createOpenAiProvider({ apiKey: 'key', baseUrl: upstream.url, model: 'test' });
  started = await startGateway({ provider, sites: [{ id: 'demo', origins: ['self'], tools: [tool] }] });
  client = await ProtocolClient.connect(started.url);
  expect(await ask('[[tool-only]]')).toMatchObject({ reason: 'stop' });
  expect(answer()).toMatchObject([{ type: 'tool', state: 'finished' }]);
});
