import { mintConversationId, mintMessageId, type ConversationId, type MessageId } from '@rivulet/protocol';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { randomBytes, silentLogger, type Logger } from '../../base/index.ts';
import { upstreamError } from '../../providers/upstream-error.ts';
import { ProtocolClient } from '../../testing/protocol-client.ts';
import type { Scene } from '../../testing/script-provider.ts';
import { createScriptedTool } from '../../testing/scripted-tool.ts';
import { startGateway, type StartedGateway } from '../../testing/start-gateway.ts';
import { emitToolCall } from '../../testing/tool-harness.ts';

const words = 'prompt is too long: 9000 tokens > 8000 maximum';
const TOO_LONG = upstreamError({ host: 'h', model: 'm', status: 400, words });
const logger = { ...silentLogger, info: vi.fn<Logger['info']>() };

let tool: ReturnType<typeof createScriptedTool>;
let started: StartedGateway;
let client: ProtocolClient;
let conversationId: ConversationId;
let messageId: MessageId;
/** Starts a conversation with two answered questions. */
beforeEach(async () => {
  tool = createScriptedTool({ parameters: { type: 'object' } });
  const sites = [{ id: 'demo', origins: ['self'], systemPrompt: 'Be brief.', tools: [tool] }];
  started = await startGateway({ logger, sites });
  client = await ProtocolClient.connect(started.url);
  conversationId = mintConversationId(randomBytes);
  for (const question of ['first', 'second']) await finish(await ask(question));
});
afterEach(() => started.stop());

async function ask(text: string): Promise<Scene> {
  messageId = mintMessageId(randomBytes);
  const parts = [{ type: 'text' as const, text }];
  client.send({ type: 'send-message', conversationId, messageId, parts });
  return started.provider.next();
}
const answer = () => client.view?.conversation.messages.find(({ parentId }) => parentId === messageId);
async function ended() {
  await client.until(() => answer()?.run?.state === 'finished');
  return answer();
}
function finish(scene: Scene) {
  scene.emitText('Hm.');
  scene.finish();
  return ended();
}
const textsIn = ({ request }: Scene) => request.messages.map(({ text }) => text);

describe('a context that the upstream calls too long', () => {
  it('is sent again without its oldest turns, and the visitor sees the answer only (G15)', async () => {
    const first = await ask('third');
    expect(textsIn(first)).toEqual(['Be brief.', 'first', 'Hm.', 'second', 'Hm.', 'third']);
    first.fail(TOO_LONG);
    const second = await started.provider.next();
    expect(textsIn(second)).toEqual(['Be brief.', 'third']);
    expect(await finish(second)).toMatchObject({ run: { reason: 'stop' }, parts: [{ text: 'Hm.' }] });
  });

  it('is reported to the operator at info, with the words of the upstream (G15)', async () => {
    (await ask('third')).fail(TOO_LONG);
    await finish(await started.provider.next());
    expect(logger.info).toHaveBeenCalledWith(
      expect.objectContaining({ model: 'm', words, messages: 6, keptMessages: 2 }),
      expect.stringContaining('too long'),
    );
  });

  it('is remembered: the next questions of the conversation begin with what was accepted', async () => {
    await finish(await ask('a question of the visitor that has many more words than the ones before it'));
    (await ask('fourth')).fail(TOO_LONG);
    const shortened = await started.provider.next();
    expect(textsIn(shortened)).toEqual(['Be brief.', 'fourth']);
    await finish(shortened);
    expect(textsIn(await ask('fifth'))).toEqual(['Be brief.', 'fourth', 'Hm.', 'fifth']);
  });

  it('is shortened once: the second refusal is the error (G15)', async () => {
    (await ask('third')).fail(TOO_LONG);
    (await started.provider.next()).fail(TOO_LONG);
    expect((await ended())?.run).toMatchObject({ reason: 'error', error: { code: 'context-length' } });
  });

  it('is not sent again when a part of the answer was shown (G15)', async () => {
    const scene = await ask('third');
    scene.emitText('I th');
    scene.fail(TOO_LONG);
    expect(await ended()).toMatchObject({ run: { reason: 'error' }, parts: [{ text: 'I th' }] });
  });

  it('is not sent again when it is the question alone (G15)', async () => {
    conversationId = mintConversationId(randomBytes);
    (await ask('long')).fail(TOO_LONG);
    expect((await ended())?.run).toMatchObject({ error: { code: 'context-length' } });
  });

  it('is not sent again when the run was stopped (G15)', async () => {
    const scene = await ask('third');
    await client.until(() => answer()?.run !== undefined);
    await client.answer(client.send({ type: 'abort-run', conversationId }));
    scene.fail(TOO_LONG);
    expect((await ended())?.run).toMatchObject({ reason: 'aborted' });
  });

  it('keeps the round of tools that made it too long (G15)', async () => {
    const first = await ask('third');
    emitToolCall(first, '{}');
    first.finish('tool');
    (await tool.next()).resolve('a long output');
    (await started.provider.next()).fail(TOO_LONG);
    const last = await started.provider.next();
    expect(textsIn(last)).toEqual(['Be brief.', 'third', '', '"a long output"']);
    expect(await finish(last)).toMatchObject({ run: { reason: 'stop' } });
  });
});
