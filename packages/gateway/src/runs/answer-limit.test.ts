import { mintConversationId, mintMessageId, type ConversationId, type Message } from '@rivulet/protocol';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { randomBytes, silentLogger } from '../base/index.ts';
import type { Site } from '../sites/sites.ts';
import { createMemoryStore } from '../stores/memory.ts';
import { ProtocolClient } from '../testing/protocol-client.ts';
import type { Scene } from '../testing/script-provider.ts';
import { createScriptedTool } from '../testing/scripted-tool.ts';
import { startGateway, type StartedGateway } from '../testing/start-gateway.ts';
import { emitToolCall } from '../testing/tool-harness.ts';

const MAX_CHARS = 10;
const logger = { ...silentLogger, warn: vi.fn() };
let store: ReturnType<typeof createMemoryStore>;
let started: StartedGateway;
let conversationId: ConversationId;
let viewers: ProtocolClient[];

/** Asks a gateway with a limit of ten characters. Two viewers follow the answer. */
const ask = async (site: Partial<Site> = {}): Promise<Scene> => {
  [store, conversationId] = [createMemoryStore(), mintConversationId(randomBytes)];
  const sites = [{ id: 'demo', origins: ['self'], ...site }];
  started = await startGateway({ sites, logger, store, limits: { maxAnswerChars: MAX_CHARS } });
  const asking = await ProtocolClient.connect(started.url);
  const { token = '' } = await asking.received('welcome');
  const parts = [{ type: 'text' as const, text: 'Go on.' }];
  const message = {
    type: 'send-message',
    conversationId,
    messageId: mintMessageId(randomBytes),
    parts,
  } as const;
  await asking.answer(asking.send(message));
  viewers = [
    asking,
    await ProtocolClient.connect(started.url, { token, subscriptions: [{ conversationId }] }),
  ];
  return started.provider.next();
};
/** Waits for the end of the answer. @returns the answer in the store and as each viewer sees it */
const answers = async (): Promise<(Message | undefined)[]> => {
  for (const viewer of viewers) await viewer.received('run-finished');
  const stored = await store.readMessages(conversationId);
  return [stored, ...viewers.map(({ view }) => view?.conversation.messages ?? [])].map((all) => all.at(-1));
};
const answer = async () => (await answers())[0];

afterEach(async () => {
  logger.warn.mockClear();
  await started.stop();
});

describe('an answer of more than maxAnswerChars', () => {
  it('is cut there and ends as length, and its upstream request is cancelled', async () => {
    const scene = await ask();
    scene.emitText('123456', '7890xxxx', 'yyyy');
    expect(await answer()).toMatchObject({ run: { reason: 'length' }, parts: [{ text: '1234567890' }] });
    expect(scene.signal.aborted).toBe(true);
  });

  it('has the same end for every viewer and in the store', async () => {
    const scene = await ask();
    scene.emitText('123456', '7890xxxx');
    const [stored, ...seen] = await answers();
    expect(seen).toEqual([stored, stored]);
  });

  it('counts its reasoning', async () => {
    const scene = await ask();
    scene.emitText('1234');
    scene.emit({ type: 'reasoning-delta', text: '567890x' });
    const { run, parts } = (await answer()) ?? {};
    expect(run?.reason).toBe('length');
    expect(parts).toMatchObject([{ text: '1234' }, { type: 'reasoning', text: '567890' }]);
  });

  it('counts the inputs of its tool calls, performs none of them, and ends them', async () => {
    const tool = createScriptedTool();
    const scene = await ask({ tools: [tool] });
    emitToolCall(scene, '{"city":"Oslo"}');
    scene.finish('tool');
    const { run, parts } = (await answer()) ?? {};
    expect(run?.reason).toBe('length');
    expect(parts).toMatchObject([{ type: 'tool', state: 'failed', inputText: '{"city":"O' }]);
    expect(tool.count).toBe(0);
  });

  it('counts all rounds of tools, and keeps the usage of those that ended', async () => {
    const tool = createScriptedTool({ parameters: { type: 'object' } });
    const first = await ask({ tools: [tool] });
    emitToolCall(first, '{}');
    first.finish('tool');
    (await tool.next()).resolve('a long output that does not count');
    const second = await started.provider.next();
    second.emitText('12345678x');
    const { run, parts } = (await answer()) ?? {};
    expect(run).toMatchObject({ reason: 'length', usage: { inputTokens: 1, outputTokens: 1 } });
    expect(parts?.at(-1)).toMatchObject({ text: '12345678' });
    expect(second.signal.aborted).toBe(true);
  });

  it('starts no part for text that does not fit at all', async () => {
    const scene = await ask();
    scene.emitText('1234567890');
    scene.emit({ type: 'reasoning-delta', text: 'x' });
    expect((await answer())?.parts).toHaveLength(1);
  });

  it('never ends in half of an emoji', async () => {
    const scene = await ask();
    scene.emitText('12345678', '9👋👋');
    expect((await answer())?.parts).toMatchObject([{ text: '123456789' }]);
  });

  it('is reported to the operator with the limit', async () => {
    const scene = await ask();
    scene.emitText('1234567890x');
    await answer();
    const facts = { conversationId, siteId: 'demo', limit: 'max-answer-chars', maxAnswerChars: MAX_CHARS };
    expect(logger.warn.mock.calls).toMatchObject([[facts, expect.stringContaining('limit of its length')]]);
  });
});

describe('an answer of exactly maxAnswerChars', () => {
  it('ends as the model ends it', async () => {
    const scene = await ask();
    scene.emitText('12345678👋');
    scene.finish();
    expect(await answer()).toMatchObject({ run: { reason: 'stop' }, parts: [{ text: '12345678👋' }] });
    expect(logger.warn).not.toHaveBeenCalled();
  });
});

describe('the limit of a site', () => {
  it.each([3, 20])('replaces that of the gateway: %d', async (maxAnswerChars) => {
    const scene = await ask({ maxAnswerChars });
    scene.emitText('1234567890'.repeat(3));
    expect((await answer())?.parts).toMatchObject([
      { text: '1234567890'.repeat(3).slice(0, maxAnswerChars) },
    ]);
  });
});
