import { mintConversationId, mintMessageId, type ConversationId } from '@rivulet/protocol';
import { afterEach, describe, expect, it } from 'vitest';
import { randomBytes } from '../base/index.ts';
import type { WhenBusy } from '../sites/sites.ts';
import { ProtocolClient } from '../testing/protocol-client.ts';
import { startGateway, type StartedGateway } from '../testing/start-gateway.ts';

let started: StartedGateway;
let client: ProtocolClient;
let conversationId: ConversationId;
afterEach(() => started.stop());

async function open(whenBusy?: WhenBusy): Promise<void> {
  started = await startGateway({ sites: [{ id: 'demo', origins: ['self'], whenBusy }] });
  client = await ProtocolClient.connect(started.url);
  conversationId = mintConversationId(randomBytes);
}
function ask(text: string) {
  const messageId = mintMessageId(randomBytes);
  const parts = [{ type: 'text' as const, text }];
  return { messageId, commandId: client.send({ type: 'send-message', conversationId, messageId, parts }) };
}
const reasons = () => client.view?.conversation.messages.flatMap(({ run }) => run?.reason ?? []);
const rejectedCode = async (commandId: ReturnType<typeof ask>['commandId']) => {
  const answer = await client.answer(commandId);
  return answer.type === 'rejected' ? answer.error.code : undefined;
};

describe('a message that arrives while an answer is being written', () => {
  it('is answered in the order of acceptance, with the previous answer in its context', async () => {
    await open();
    for (const text of ['One?', 'Two?', 'Three?']) await client.answer(ask(text).commandId);
    for (const answer of ['First.', 'Second.', 'Third.']) {
      const scene = await started.provider.next();
      scene.emitText(answer);
      scene.finish();
      if (answer === 'Third.')
        expect(scene.request.messages.map(({ text }) => text).slice(0, 4)).toEqual([
          'One?',
          'First.',
          'Two?',
          'Second.',
        ]);
    }
    await client.until(() => reasons()?.length === 3);
    expect(reasons()).toEqual(['stop', 'stop', 'stop']);
  });

  it('is rejected as busy when three messages wait already', async () => {
    await open();
    for (const text of ['1', '2', '3', '4']) expect(await rejectedCode(ask(text).commandId)).toBeUndefined();
    expect(await rejectedCode(ask('5').commandId)).toBe('busy');
  });

  it('can be stopped while it waits, without a call to the upstream', async () => {
    await open();
    await client.answer(ask('One?').commandId);
    const waiting = ask('Two?');
    await client.answer(waiting.commandId);
    await client.answer(client.send({ type: 'abort-run', conversationId, messageId: waiting.messageId }));
    await client.until(() => reasons()?.length === 1);
    expect(reasons()).toEqual(['aborted']);
    const scene = await started.provider.next();
    scene.finish();
    await client.until(() => reasons()?.length === 2);
    expect(scene.request.messages.at(-1)?.text).toBe('One?');
  });

  it('is rejected as busy on a site that sets whenBusy to reject', async () => {
    await open('reject');
    await client.answer(ask('One?').commandId);
    expect(await rejectedCode(ask('Two?').commandId)).toBe('busy');
  });

  it('stops the running answer on a site that sets whenBusy to interrupt, and keeps its text so far', async () => {
    await open('interrupt');
    await client.answer(ask('One?').commandId);
    const first = await started.provider.next();
    first.emitText('So far');
    await client.until(() => client.text === 'So far');
    await client.answer(ask('Two?').commandId);
    const second = await started.provider.next();
    expect(second.request.messages.map(({ text }) => text)).toEqual(['One?', 'So far', 'Two?']);
    second.emitText('Two.');
    second.finish();
    await client.until(() => reasons()?.length === 2);
    expect(reasons()).toEqual(['aborted', 'stop']);
  });
});

describe('an edited message', () => {
  it('becomes a sibling of the original, which is not in the context of its answer', async () => {
    await open();
    const first = ask('One?');
    (await started.provider.next()).finish();
    await client.until(() => reasons()?.length === 1);
    const edit = { conversationId, messageId: mintMessageId(randomBytes), replacesId: first.messageId };
    const parts = [{ type: 'text' as const, text: 'Better?' }];
    const command = { type: 'edit-message' as const, ...edit, parts };
    expect(await client.answer(client.send(command))).toMatchObject({ type: 'accepted' });
    expect(await client.answer(client.send(command))).toMatchObject({ type: 'accepted' });
    const scene = await started.provider.next();
    expect(scene.request.messages).toEqual([{ role: 'user', text: 'Better?' }]);
    scene.finish();
    await client.until(() => reasons()?.length === 2);
    const questions = client.view?.conversation.messages.filter(({ role }) => role === 'user');
    expect(questions).toMatchObject([{ parentId: null }, { parentId: null }]);
  });
});
