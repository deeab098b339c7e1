/** Tools and files in the demo of the executable, observed through the protocol. */
import type { FilePart, ToolPart } from '@rivulet/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ProtocolClient } from '../packages/gateway/src/testing/protocol-client.ts';
import { ask, greet, type SentQuestion } from './support/protocol-visitor.ts';
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
const requestApproval = async (): Promise<SentQuestion> => {
  const asked = ask(client, 'Show me an approval');
  await client.until(() => toolOf()?.state === 'approval-requested');
  return asked;
};
const approve = ({ conversationId }: SentQuestion, by = client, callId = toolOf(by)?.callId ?? '') =>
  by.answer(by.send({ type: 'tool-approval', conversationId, callId, decision: 'approve' }));

describe('the demo', () => {
  it('calls a tool, cites the sources that it found, and ends with suggestions', async () => {
    ask(client, 'Show me a tool call');
    expect(await client.received('run-finished')).toMatchObject({ reason: 'stop' });
    // The number of sources depends on the documents.
    const types = partsOf().map(({ type }) => type);
    expect(types.join(' ')).toMatch(/^text tool text( source)+ data$/);
    expect(toolOf()).toMatchObject({ name: 'search_documents', state: 'finished' });
  });

  it('runs a tool that needs approval only after the visitor has approved it', async () => {
    const asked = await requestApproval();
    expect(await approve(asked)).toMatchObject({ type: 'accepted' });
    expect(await client.received('run-finished')).toMatchObject({ reason: 'stop' });
    expect(toolOf()).toMatchObject({ state: 'finished', output: { name: 'Ada Lovelace' } });
  });

  it('closes a reply that waits for approval as interrupted after SIGKILL, and rejects a late approval', async () => {
    const asked = await requestApproval();
    await gateway.end('SIGKILL');
    gateway = await startGateway({ RIVULET_DATA: data.path });
    const { conversationId } = asked;
    const back = await ProtocolClient.connect(gateway.url, { token, subscriptions: [{ conversationId }] });
    await back.received('synced');
    expect(back.view?.conversation.messages.at(-1)?.run).toMatchObject({ reason: 'interrupted' });
    const late = await approve(asked, back, toolOf()?.callId);
    expect(late).toMatchObject({ type: 'rejected' });
  });

  it('keeps an uploaded file across a restart, and describes it in an answer', async () => {
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
    const messageId = 'm_withafile001' as SentQuestion['messageId'];
    client.send({ type: 'send-message', conversationId, messageId, parts: [{ ...file, type: 'file' }] });
    await client.until(() => client.text.includes('`notes.txt` (text/plain, 10 bytes)'));
  });
});
