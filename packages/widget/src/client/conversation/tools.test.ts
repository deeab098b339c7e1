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

/** A chat whose gateway supports client tools. */
function openWithTools(): OpenChat {
  const open = openChat();
  open.gateway.capabilities.push('client-tools');
  return open;
}

/** A chat that offers a tool, after the model has called it. */
async function called(handler: PageTool['handler']): Promise<OpenChat> {
  const open = openWithTools();
  await open.chat.offerTools([tool(handler)]);
  await call(open);
  return open;
}

/** Sends a message, and lets the model call the tool. */
async function call({ chat, gateway }: Pick<OpenChat, 'chat' | 'gateway'>): Promise<void> {
  await chat.sendMessage('What do I buy?');
  const { onlyLog } = gateway;
  const answer = onlyLog.state.messages.findLast(({ run }) => run !== undefined);
  onlyLog.append({ type: 'part-started', partId: `${answer?.id ?? ''}.0` as PartId, value: CALL });
  await settle();
  await settle();
}

test('a command that starts a run contains the definition of the tool, without its handler', async () => {
  const { gateway } = await called(() => 1);
  const { handler: _, ...declared } = tool(() => 1);
  expect(gateway.ofType('send-message')[0]).toMatchObject({ tools: [declared] });
});

test('a called tool runs once, and its return value is sent as output', async () => {
  const handler = vi.fn((input: unknown) => ({ input, items: 2 }));
  const { gateway } = await called(handler);
  expect(handler).toHaveBeenCalledExactlyOnceWith({ of: 'me' });
  const outputs = gateway.ofType('tool-output');
  expect(outputs).toMatchObject([{ callId: 'call1', output: { input: { of: 'me' }, items: 2 } }]);
});

test('an error that a tool throws is sent as an error', async () => {
  const { gateway } = await called(() => Promise.reject(new Error('The basket is closed.')));
  expect(gateway.ofType('tool-output')).toMatchObject([{ error: 'The basket is closed.' }]);
});

test('removed tools are not sent with later messages', async () => {
  const { chat, gateway } = openWithTools();
  await chat.offerTools([tool(() => 1)]);
  await chat.offerTools([]);
  await chat.sendMessage('Hello');
  expect(gateway.ofType('send-message')[0]).not.toHaveProperty('tools');
});

test('the first message contains the tools, also when it is sent in the same task as offerTools', async () => {
  const { chat, gateway } = openWithTools();
  void chat.offerTools([tool(() => 1)]);
  await chat.sendMessage('Hello');
  expect(gateway.ofType('send-message')[0]?.tools).toHaveLength(1);
});

test('when the gateway does not support client tools, a message is sent without them', async () => {
  const { chat, gateway } = openChat();
  await chat.offerTools([tool(() => 1)]);
  await chat.sendMessage('Hello');
  expect(gateway.ofType('send-message')[0]).not.toHaveProperty('tools');
});

test('a later offerTools replaces the earlier tools', async () => {
  const [former, latter] = [vi.fn(() => 1), vi.fn(() => 2)];
  const { chat, gateway } = openWithTools();
  void chat.offerTools([tool(former)]);
  await chat.offerTools([tool(latter)]);
  await call({ chat, gateway });
  expect([former.mock.calls.length, latter.mock.calls.length]).toEqual([0, 1]);
});
