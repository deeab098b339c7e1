/** What a person sees of tools and files in the demo, as the executable plays it. */
import type { FilePart, ToolPart } from '@rivulet/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ProtocolClient } from '../packages/gateway/src/testing/protocol-client.ts';
import { ask, greet, type Asked } from './support/asking.ts';
import { createDataFolder, startGateway, type GatewayProcess } from './support/processes.ts';

let gateway: GatewayProcess;
let data: ReturnType<typeof createDataFolder>;
let client: ProtocolClient;
let token: string;
beforeEach(async () => {
  data = createDataFolder();
  gateway = await startGateway({ RIVULET_DATA: data.path });
  ({ client, token } = await greet(gateway.url));
});
afterEach(async () => {
  await gateway.end('SIGKILL');
  data.remove();
});

const partsOf = (viewer = client) => viewer.view?.conversation.messages.at(-1)?.parts ?? [];
const toolOf = (viewer = client) => partsOf(viewer).find((part): part is ToolPart => part.type === 'tool');
const showApproval = async (): Promise<Asked> => {
  const asked = ask(client, 'Show me an approval');
  await client.until(() => toolOf()?.state === 'approval-requested');
  return asked;
};
const approve = ({ conversationId }: Asked, by = client, callId = toolOf(by)?.callId ?? '') =>
  by.answer(by.send({ type: 'tool-approval', conversationId, callId, decision: 'approve' }));

describe('the demo', () => {
  it('calls a tool when asked, cites what it found, and suggests what next', async () => {
    ask(client, 'Show me a tool call');
    expect(await client.received('run-finished')).toMatchObject({ reason: 'stop' });
    // How many sources it finds is up to the documents.
    const types = partsOf().map(({ type }) => type);
    expect(types.join(' ')).toMatch(/^text tool text( source)+ data$/);
    expect(toolOf()).toMatchObject({ name: 'search_documents', state: 'finished' });
  });

  it('books nothing before a person approves, and then it does', async () => {
    const asked = await showApproval();
    expect(await approve(asked)).toMatchObject({ type: 'accepted' });
    expect(await client.received('run-finished')).toMatchObject({ reason: 'stop' });
    expect(toolOf()).toMatchObject({ state: 'finished', output: { name: 'Ada Lovelace' } });
  });

  it('closes a reply that waits for approval as interrupted after kill -9; the call stays open for good', async () => {
    const asked = await showApproval();
    await gateway.end('SIGKILL');
    gateway = await startGateway({ RIVULET_DATA: data.path });
    const { conversationId } = asked;
    const back = await ProtocolClient.connect(gateway.url, { token, subscriptions: [{ conversationId }] });
    await back.received('synced');
    expect(back.view?.conversation.messages.at(-1)?.run).toMatchObject({ reason: 'interrupted' });
    const late = await approve(asked, back, toolOf()?.callId);
    expect(late).toMatchObject({ type: 'rejected' });
  });

  it('keeps a file over a restart, and says what it is', async () => {
    const response = await fetch(`${gateway.url}/v1/files?site=demo&name=notes.txt`, {
      method: 'POST',
      body: 'first line',
      headers: { 'Content-Type': 'text/plain', Authorization: `Bearer ${token}` },
    });
    const {
      url,
      expiresAtMs: _,
      ...file
    } = (await response.json()) as FilePart & Record<'expiresAtMs', number>;
    await gateway.end('SIGTERM');
    gateway = await startGateway({ RIVULET_DATA: data.path });
    expect(await (await fetch(`${gateway.url}/${url}`)).text()).toBe('first line');
    client = await ProtocolClient.connect(gateway.url, { token });
    const { conversationId } = ask(client, 'Never mind');
    await client.received('run-finished');
    const messageId = 'm_withafile001' as Asked['messageId'];
    client.send({ type: 'send-message', conversationId, messageId, parts: [{ ...file, type: 'file' }] });
    await client.until(() => client.text.includes('`notes.txt` (text/plain, 10 bytes)'));
  });
});
