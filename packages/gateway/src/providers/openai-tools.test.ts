/** The requests with tools and files that an upstream receives over HTTP from a whole gateway. */
import { mintConversationId, mintMessageId, type UserPart } from '@rivulet/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { randomBytes } from '../base/index.ts';
import { ProtocolClient } from '../testing/protocol-client.ts';
import { startGateway, type StartedGateway } from '../testing/start-gateway.ts';
import { startUpstream, type Upstream } from '../testing/upstream/upstream.ts';
import type { Tool } from '../tools/tool.ts';
import { createOpenAiProvider } from './openai.ts';

const gives = (name: string, output: unknown): Tool => ({
  name,
  description: `gives ${name}`,
  parameters: { type: 'object' },
  handler: () => output,
});

let upstream: Upstream;
let started: StartedGateway;
let client: ProtocolClient;
beforeEach(async () => {
  upstream = await startUpstream();
  started = await startGateway({
    provider: createOpenAiProvider({ apiKey: 'key', baseUrl: upstream.url, model: 'test' }),
    sites: [
      { id: 'demo', origins: ['self'], tools: [gives('weather', 'clear'), gives('time', { hour: 12 })] },
    ],
  });
  client = await ProtocolClient.connect(started.url);
});
afterEach(async () => {
  await started.stop();
  await upstream.close();
});

const ask = (...parts: UserPart[]) =>
  client.send({
    type: 'send-message',
    conversationId: mintConversationId(randomBytes),
    messageId: mintMessageId(randomBytes),
    parts,
  });
const bodyOf = (index: number) => upstream.requests[index]?.body as Record<string, unknown>; // JSON of the SDK

describe('an upstream over HTTP', () => {
  it('receives the tools, makes two calls at once, receives their outputs, and ends the one run', async () => {
    ask({ type: 'text', text: '[[tools]] please' });
    expect(await client.received('run-finished')).toMatchObject({
      reason: 'stop',
      usage: { inputTokens: 22, outputTokens: 14 },
    });
    expect(client.text).toBe('The tools gave "clear" and {"hour":12}.');
    expect(bodyOf(0)).toMatchObject({
      tool_choice: 'auto',
      tools: [{ type: 'function', function: { name: 'weather' } }, { function: { name: 'time' } }],
    });
    const [first, second] = ['call-a', 'call-b']; // as the upstream named them
    expect(bodyOf(1).messages).toEqual([
      { role: 'user', content: '[[tools]] please' },
      {
        role: 'assistant',
        content: null,
        tool_calls: [
          { id: first, type: 'function', function: { name: 'weather', arguments: '{"city":"Oslo"}' } },
          { id: second, type: 'function', function: { name: 'time', arguments: '{}' } },
        ],
      },
      { role: 'tool', tool_call_id: first, content: '"clear"' },
      { role: 'tool', tool_call_id: second, content: '{"hour":12}' },
    ]);
  });

  it('receives an image embedded, and a text file as text', async () => {
    const { token = '' } = await client.received('welcome');
    const put = async (type: string, body: Buffer<ArrayBuffer>): Promise<UserPart> => {
      const response = await fetch(`${started.url}/v1/files?site=demo&name=it`, {
        method: 'POST',
        body,
        headers: { 'Content-Type': type, Authorization: `Bearer ${token}` },
      });
      const { fileId } = (await response.json()) as { fileId: string };
      return { type: 'file', fileId, name: '', mediaType: '', sizeBytes: 0 };
    };
    const image = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
    const parts = [await put('image/png', image), await put('text/plain', Buffer.from('Grüße'))];
    ask({ type: 'text', text: 'Look' }, ...parts);
    await client.received('run-finished');
    expect(bodyOf(0).messages).toEqual([
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Look' },
          { type: 'image_url', image_url: { url: `data:image/png;base64,${image.toString('base64')}` } },
          { type: 'text', text: 'The file "it" (text/plain):\n\nGrüße' },
        ],
      },
    ]);
  });
});
