import { mintConversationId, mintMessageId } from '@rivulet/protocol';
import { afterEach, describe, expect, it } from 'vitest';
import { randomBytes } from '../../base/index.ts';
import type { ModelLimits } from '../../providers/provider.ts';
import { createScriptProvider } from '../../testing/script-provider.ts';
import { ProtocolClient } from '../../testing/protocol-client.ts';
import { startGateway, type StartedGateway } from '../../testing/start-gateway.ts';

let started: StartedGateway;
afterEach(() => started.stop());

/** The user messages that the model gets with the fourth question, each of about 100 tokens. */
async function questionsWith(limits: ModelLimits): Promise<number> {
  const script = createScriptProvider();
  started = await startGateway({ provider: { ...script, modelLimits: () => limits } });
  const client = await ProtocolClient.connect(started.url);
  const conversationId = mintConversationId(randomBytes);
  for (let n = 1; ; n += 1) {
    const parts = [{ type: 'text' as const, text: 'word '.repeat(80) }];
    const messageId = mintMessageId(randomBytes);
    client.send({ type: 'send-message', conversationId, messageId, parts });
    const scene = await script.next();
    if (n === 4) return scene.request.messages.filter(({ role }) => role === 'user').length;
    scene.emitText('Yes.');
    scene.finish();
    await client.until(() => client.view?.conversation.messages.at(-1)?.run?.state === 'finished');
  }
}

describe('the context of a run', () => {
  it('is reduced to the window of the model, with room for its answer', async () => {
    expect(await questionsWith({ windowTokens: 500, answerTokens: 200 })).toBe(2);
  });

  it('is not reduced for a model whose window is not known', async () => {
    expect(await questionsWith({})).toBe(4);
  });
});
