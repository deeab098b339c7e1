import type { PartId, ToolPart } from '@rivulet/protocol';
import { expect, test, vi } from 'vitest';
import type { PageTool } from '../chat.ts';
import { settle } from '../testing/fake-environment.ts';
import { openChat, type OpenChat } from '../testing/open-chat.ts';

const tool = (handler: PageTool['handler']): PageTool => ({
  name: 'read_basket',
  description: 'What is in the basket.',
  parameters: { type: 'object' },
  handler,
});
const CALL: ToolPart = {
  type: 'tool',
  callId: 'call1',
  name: 'read_basket',
  state: 'called',
  inputText: '{}',
  input: { of: 'me' },
};

/** A chat at a gateway that takes tools of the page. */
function allowing(): OpenChat {
  const open = openChat();
  open.gateway.capabilities.push('client-tools');
  return open;
}

/** A chat that offers a tool, and a model that has called it. */
async function called(handler: PageTool['handler']): Promise<OpenChat> {
  const open = allowing();
  await open.chat.offerTools([tool(handler)]);
  await call(open);
  return open;
}

/** Asks, and the model calls the tool. */
async function call({ chat, gateway }: Pick<OpenChat, 'chat' | 'gateway'>): Promise<void> {
  await chat.sendMessage('What do I buy?');
  const { onlyLog } = gateway;
  const answer = onlyLog.state.messages.findLast(({ run }) => run !== undefined);
  onlyLog.append({ type: 'part-started', partId: `${answer?.id ?? ''}.0` as PartId, value: CALL });
  await settle();
  await settle();
}

test('a tool of the page is named with what starts a run, without its function', async () => {
  const { gateway } = await called(() => 1);
  const { handler: _, ...declared } = tool(() => 1);
  expect(gateway.ofType('send-message')[0]).toMatchObject({ tools: [declared] });
});

test('it is performed once, and what it gives goes back', async () => {
  const handler = vi.fn((input: unknown) => ({ input, items: 2 }));
  const { gateway } = await called(handler);
  expect(handler).toHaveBeenCalledExactlyOnceWith({ of: 'me' });
  const outputs = gateway.ofType('tool-output');
  expect(outputs).toMatchObject([{ callId: 'call1', output: { input: { of: 'me' }, items: 2 } }]);
});

test('what it throws is told as an error', async () => {
  const { gateway } = await called(() => Promise.reject(new Error('The basket is closed.')));
  expect(gateway.ofType('tool-output')).toMatchObject([{ error: 'The basket is closed.' }]);
});

test('tools that are taken back are neither named nor performed', async () => {
  const { chat, gateway } = allowing();
  await chat.offerTools([tool(() => 1)]);
  await chat.offerTools([]);
  await chat.sendMessage('Hello');
  expect(gateway.ofType('send-message')[0]).not.toHaveProperty('tools');
});

test('the first message names them, also when it was sent in the same moment', async () => {
  const { chat, gateway } = allowing();
  void chat.offerTools([tool(() => 1)]);
  await chat.sendMessage('Hello');
  expect(gateway.ofType('send-message')[0]?.tools).toHaveLength(1);
});

test('where the gateway takes none they are not named, and the message is sent', async () => {
  const { chat, gateway } = openChat();
  await chat.offerTools([tool(() => 1)]);
  await chat.sendMessage('Hello');
  expect(gateway.ofType('send-message')[0]).not.toHaveProperty('tools');
});

test('what was offered before is performed no more once other tools are', async () => {
  const [former, latter] = [vi.fn(() => 1), vi.fn(() => 2)];
  const { chat, gateway } = allowing();
  void chat.offerTools([tool(former)]);
  await chat.offerTools([tool(latter)]);
  await call({ chat, gateway });
  expect([former.mock.calls.length, latter.mock.calls.length]).toEqual([0, 1]);
});
