/** What an upstream with the responses API gets back of its own answers, from a whole gateway. */
import { mintConversationId, mintMessageId } from '@rivulet/protocol';
import { afterEach, describe, expect, it } from 'vitest';
import { randomBytes } from '../base/index.ts';
import { ProtocolClient } from '../testing/protocol-client.ts';
import { startGateway, type StartedGateway } from '../testing/start-gateway.ts';
import { createOpenAiResponsesProvider } from './openai-responses.ts';

const reasoning = (id: string) => ({
  ...{ type: 'reasoning', id, encrypted_content: `gAAA-${id}` },
  summary: [{ type: 'summary_text', text: 'Look it up.' }],
});
const call = (name: string, id: string) => ({
  ...{ type: 'function_call', id: `fc_${id}`, call_id: id, name, arguments: '{"city":"Oslo"}' },
});
const message = (text: string) => ({
  ...{ type: 'message', role: 'assistant', content: [{ type: 'output_text', text }] },
});

let started: StartedGateway;
let client: ProtocolClient;
const conversationId = mintConversationId(randomBytes);
afterEach(() => started.stop());

/** A gateway whose upstream gives these answers, one for each request. Resolves with the input of each request. */
async function answering(...answers: object[][]): Promise<Record<string, unknown>[][]> {
  const sent: Record<string, unknown>[][] = [];
  const fetch = (_url: unknown, init?: RequestInit) => {
    sent.push((JSON.parse(String(init?.body)) as { input: Record<string, unknown>[] }).input);
    const output = answers[sent.length - 1] ?? [message('Done.')];
    const items = output.map((item, index) => ({
      ...{ type: 'response.output_item.done', output_index: index, item },
    }));
    const events = [...items, { type: 'response.completed', response: { status: 'completed', output } }];
    return Promise.resolve(new Response(events.map((one) => `data: ${JSON.stringify(one)}\n\n`).join('')));
  };
  const tool = (name: string) => ({
    ...{ name, description: name, parameters: { type: 'object' } as const },
    handler: (input: unknown) => ({ name, input }),
  });
  const provider = createOpenAiResponsesProvider({
    ...{ apiKey: 'key', baseUrl: 'http://upstream.test/v1', model: 'gpt-5', fetch },
  });
  const site = { id: 'demo', origins: ['self'], tools: [tool('weather'), tool('time')] };
  started = await startGateway({ provider, sites: [site] });
  client = await ProtocolClient.connect(started.url);
  return sent;
}

/** Asks, and resolves when the answer is complete. */
async function ask(text: string): Promise<void> {
  const ends = () => client.events.filter(({ type }) => type === 'run-finished').length;
  const before = ends();
  const messageId = mintMessageId(randomBytes);
  client.send({ type: 'send-message', conversationId, messageId, parts: [{ type: 'text', text }] });
  await client.until(() => ends() > before);
}

describe('an upstream that thinks before it calls tools', () => {
  it('gets its items back in their order, in the same run and in the next one, and no visitor gets them', async () => {
    const sent = await answering(
      [reasoning('rs_1'), call('weather', 'call_1'), call('time', 'call_2')],
      [reasoning('rs_2'), message('Sunny.')],
    );
    await ask('Weather?');
    await ask('And now?');
    const { id: _one, ...weather } = call('weather', 'call_1');
    const { id: _two, ...time } = call('time', 'call_2');
    const output = (name: string, id: string) => ({
      ...{ type: 'function_call_output', call_id: id },
      output: JSON.stringify({ name, input: { city: 'Oslo' } }),
    });
    const first = [
      { role: 'user', content: 'Weather?' },
      ...[reasoning('rs_1'), weather, time, output('weather', 'call_1'), output('time', 'call_2')],
    ];
    const second = [
      ...[reasoning('rs_2'), { role: 'assistant', content: 'Sunny.' }],
      { role: 'user', content: 'And now?' },
    ];
    expect(sent).toEqual([first.slice(0, 1), first, [...first, ...second]]);
    expect(JSON.stringify(client.events)).not.toMatch(/gAAA|rs_1|call_1/);
    expect(JSON.stringify(client.events)).toMatch(/Look it up\..*Sunny\./);
  });

  it('gets none of the reasoning of a call that the gateway lost: the order would be wrong', async () => {
    const sent = await answering([
      reasoning('rs_1'),
      { ...call('', 'call_1'), arguments: '' },
      call('time', 'call_2'),
    ]);
    await ask('Both?');
    expect(sent[1]?.map(({ type, role }) => type ?? role)).toEqual([
      ...['user', 'function_call', 'function_call_output'],
    ]);
  });
});
