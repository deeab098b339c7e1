/** What an upstream gets back of its own answers: in the next round of a run, and in the next run, from a whole gateway. */
import { mintConversationId, mintMessageId } from '@rivulet/protocol';
import { afterEach, describe, expect, it } from 'vitest';
import { randomBytes } from '../base/index.ts';
import { ProtocolClient } from '../testing/protocol-client.ts';
import { startGateway, type StartedGateway } from '../testing/start-gateway.ts';
import type { Tool } from '../tools/tool.ts';
import { createOpenAiProvider } from './openai.ts';

const SIGNED = { google: { thought_signature: 'c2lnbmVk' } };
const tool = (name: string): Tool => ({
  name,
  description: name,
  parameters: { type: 'object' },
  handler: (input) => ({ name, input }),
});

/** One delta; with `message`, the whole answer. */
type Delta = Record<string, unknown>;
/** An entry of `tool_calls`. */
const call = (name: string, args: unknown, rest: object = {}) => ({
  index: 0,
  type: 'function',
  function: { name, arguments: args },
  ...rest,
});
const calls = (...entries: object[]): Delta => ({ tool_calls: entries });
const chunk = (delta: Delta, finish: string | null = null) =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;

interface SentMessage {
  role: string;
  content: unknown;
  reasoning_content?: string;
  extra_content?: unknown;
  tool_call_id?: string;
  tool_calls?: { id: string; function: { name: string; arguments: string }; extra_content?: unknown }[];
}

let started: StartedGateway;
let client: ProtocolClient;
const conversationId = mintConversationId(randomBytes);
afterEach(() => started.stop());

/** A gateway whose upstream gives these answers, one for each request. Resolves with the messages of each request. */
async function answering(
  answers: readonly Delta[][],
  models: readonly string[] = [],
): Promise<SentMessage[][]> {
  const sent: SentMessage[][] = [];
  const fetch = (_url: unknown, init?: RequestInit) => {
    const { messages } = JSON.parse(String(init?.body)) as { messages: SentMessage[] };
    sent.push(messages);
    const deltas = answers[sent.length - 1] ?? [{ content: 'Done.' }];
    const finish = deltas.some((delta) => 'tool_calls' in delta) ? 'tool_calls' : 'stop';
    const [{ message } = {}] = deltas;
    const choices = [{ index: 0, message, finish_reason: finish }];
    const streamed = `${deltas.map((delta) => chunk(delta)).join('')}${chunk({}, finish)}data: [DONE]\n\n`;
    return Promise.resolve(new Response(message === undefined ? streamed : JSON.stringify({ choices })));
  };
  const provider = createOpenAiProvider({
    apiKey: 'key',
    baseUrl: 'http://upstream.test/v1',
    model: 'test',
    fetch,
  });
  const site = { id: 'demo', origins: ['self'], tools: [tool('weather'), tool('time')] };
  started = await startGateway({
    provider: {
      name: 'openai',
      stream: (request, signal) => {
        const model = models[sent.length];
        return provider.stream(model === undefined ? request : { ...request, model }, signal);
      },
    },
    sites: [site],
  });
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

const assistants = (messages: SentMessage[] | undefined) =>
  (messages ?? []).filter(({ role }) => role === 'assistant');
const callsIn = (messages: SentMessage[] | undefined) =>
  assistants(messages).flatMap(({ tool_calls: some = [] }) => some);

describe('an upstream that signs', () => {
  it('gets the signature of a call back, in the same run and in the next one (G05)', async () => {
    const sent = await answering([[calls(call('weather', '{}', { id: 'a', extra_content: SIGNED }))]]);
    await ask('Weather?');
    await ask('And now?');
    expect(sent).toHaveLength(3);
    for (const messages of sent.slice(1))
      expect(callsIn(messages)).toMatchObject([{ id: 'a', extra_content: SIGNED }]);
  });

  it('gets the fields of a message back, its reasoning details joined, and no other upstream does (G05)', async () => {
    const details = (text: string) => ({ reasoning_details: [{ type: 'reasoning.text', index: 0, text }] });
    const answer = [
      details('Let '),
      details('me.'),
      { content: 'Hi' },
      { content: '', extra_content: SIGNED },
    ];
    const sent = await answering([answer], ['gemini-3-pro', 'gemini-3-flash', 'claude-4']);
    for (const question of ['One', 'Two', 'Three']) await ask(question);
    const [, same, other] = sent.map((messages) => assistants(messages)[0]);
    expect(same).toEqual({ role: 'assistant', content: 'Hi', extra_content: SIGNED, ...details('Let me.') });
    expect(other).toEqual({ role: 'assistant', content: 'Hi' });
  });

  it('never has its signatures sent to a visitor (G05)', async () => {
    await answering([
      [calls(call('weather', '{}', { id: 'a', extra_content: SIGNED }))],
      [{ content: 'Sunny' }],
    ]);
    await ask('Weather?');
    const { token = '' } = await client.received('welcome');
    const later = await ProtocolClient.connect(started.url, { token, subscriptions: [{ conversationId }] });
    await later.received('snapshot');
    expect(client.text).toBe('Sunny');
    expect(JSON.stringify([client.events, later.events])).not.toMatch(/c2lnbmVk|upstreamId|rounds/);
  });

  it('signs one of two parallel calls: text between them does not part them (G05)', async () => {
    const first = call('weather', '{}', { id: 'a', extra_content: SIGNED });
    const sent = await answering([
      [calls(first), { content: 'and' }, calls(call('time', '{}', { index: 1, id: 'b' }))],
    ]);
    await ask('Both?');
    await ask('Again?');
    for (const messages of sent.slice(1)) {
      expect(messages.slice(1, 4).map(({ role }) => role)).toEqual(['assistant', 'tool', 'tool']);
      expect(callsIn(messages)).toMatchObject([{ id: 'a', extra_content: SIGNED }, { id: 'b' }]);
    }
  });
});

describe('an upstream that thinks before it calls tools', () => {
  const thinks = (text: string): Delta => ({ reasoning_content: text });

  it('gets its reasoning back beside its calls, and in every later request (G06)', async () => {
    const sent = await answering([
      [thinks('Look '), thinks('it up.'), calls(call('weather', '{}', { id: 'a' }))],
      [thinks('Good.'), { content: 'Sunny' }],
    ]);
    await ask('Weather?');
    await ask('And now?');
    expect(assistants(sent[1])).toMatchObject([{ content: null, reasoning_content: 'Look it up.' }]);
    expect(assistants(sent[2])).toMatchObject([
      { reasoning_content: 'Look it up.' },
      { content: 'Sunny', reasoning_content: 'Good.' },
    ]);
  });

  it('gets an empty reasoning where it did not think: it refuses a request that lacks one (G06)', async () => {
    const sent = await answering([
      [thinks('Hm.'), calls(call('weather', '{}'))],
      [calls(call('time', '{}'))],
    ]);
    await ask('Weather?');
    expect(assistants(sent[2]).map(({ reasoning_content: text }) => text)).toEqual(['Hm.', '']);
  });

  it('gets none that was sent under another name, or that another upstream sent (G06)', async () => {
    const models = ['deepseek-v4', 'deepseek-v4', 'mistral-large', 'mistral-large'];
    const named = { reasoning: 'Hm.', ...calls(call('time', '{}')) };
    const sent = await answering(
      [[thinks('Hm.'), calls(call('weather', '{}'))], [{ content: 'Sunny' }], [named]],
      models,
    );
    await ask('Weather?');
    await ask('And now?');
    expect(JSON.stringify(sent[1])).toContain('Hm.');
    expect(JSON.stringify(sent.slice(2))).not.toMatch(/Hm\.|reasoning/);
  });
});

describe('a call', () => {
  it.each(['', null, undefined, {}, 'null'])(
    'with the arguments %j has an empty object (G07)',
    async (args) => {
      const sent = await answering([[calls(call('weather', args, { id: 'a' }))]]);
      await ask('Weather?');
      expect(callsIn(sent[1])[0]?.function.arguments).toBe('{}');
      expect(sent[1]?.at(-1)?.content).toBe('{"name":"weather","input":{}}');
    },
  );

  it('of a whole completion, which is not streamed, goes back as it came (G05)', async () => {
    const [one, two] = [call('weather', '{"n":1}', { id: 'a', extra_content: SIGNED }), call('time', {})];
    const tool_calls = [one, two].map(({ index: _index, ...rest }) => rest);
    const sent = await answering([[{ message: { content: null, reasoning_content: 'Hm.', tool_calls } }]]);
    await ask('Both?');
    expect(assistants(sent[1])).toMatchObject([{ reasoning_content: 'Hm.' }]);
    expect(callsIn(sent[1])).toMatchObject([
      { id: 'a', extra_content: SIGNED, function: { arguments: '{"n":1}' } },
      { function: { name: 'time', arguments: '{}' } },
    ]);
  });

  it('is one of two in an answer whose calls have one index and no id (G08)', async () => {
    const sent = await answering([[calls(call('weather', '{"n":1}')), calls(call('weather', '{"n":2}'))]]);
    await ask('Both?');
    expect(sent[1]?.slice(-2).map(({ content }) => content)).toEqual([
      '{"name":"weather","input":{"n":1}}',
      '{"name":"weather","input":{"n":2}}',
    ]);
  });

  it.each([undefined, '', 'x'.repeat(200), 'with space'])(
    'with the id %j has nine letters and digits (G11)',
    async (id) => {
      const sent = await answering([[calls(call('weather', '{}', { id }))]]);
      await ask('Weather?');
      const [told] = callsIn(sent[1]);
      expect(told?.id).toMatch(/^[A-Za-z0-9]{9}$/);
      expect(sent[1]?.at(-1)?.tool_call_id).toBe(told?.id);
    },
  );

  it('keeps the id of its upstream, until another call has the same (G11)', async () => {
    const again = [calls(call('weather', '{}', { id: 'functions.weather:0' }))];
    const sent = await answering([again, again]);
    await ask('Weather?');
    const ids = callsIn(sent[2]).map(({ id }) => id);
    expect(ids).toEqual(['functions.weather:0', expect.stringMatching(/^[A-Za-z0-9]{9}$/)]);
    expect(sent[2]?.flatMap(({ tool_call_id: id }) => (id === undefined ? [] : [id]))).toEqual(ids);
  });
});
