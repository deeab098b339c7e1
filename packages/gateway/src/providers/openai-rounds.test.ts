import { describe, expect, it } from 'vitest';
import { createOpenAiProvider } from './openai.ts';
import { createRoundsConverter } from './openai-rounds.ts';
import { originOf } from './upstream-origin.ts';
import type { UpstreamError } from './upstream-error.ts';
import type { CallMetadata, ProviderMetadata } from './provider-metadata.ts';

const target = { origin: 'here', model: 'gpt-5', hasTools: true };
const message = (callId: string, metadata?: Partial<ProviderMetadata>) => ({
  role: 'assistant' as const,
  text: '',
  calls: [{ callId, name: 'weather', input: '{}' }],
  ...(metadata === undefined ? {} : { metadata: { origin: 'here', ...metadata } }),
});
const withId = (callId: string, upstreamId: string) => message(callId, { calls: [{ callId, upstreamId }] });
const callOf = (one: ReturnType<typeof message>, model = target.model) =>
  createRoundsConverter([one], { ...target, model }).toAssistant(one).tool_calls?.[0];

describe('the id of a call for an upstream', () => {
  it.each([
    ['gpt-5', 'call_abc', 'call_abc'],
    ['kimi-k2', `functions.${'x'.repeat(60)}:12`, `functions.${'x'.repeat(60)}:12`],
    ['gemini-3', `call_1__thought__${'A'.repeat(2_000)}`, `call_1__thought__${'A'.repeat(2_000)}`],
    ['mistral-large', 'aB3dE6gH9', 'aB3dE6gH9'],
    ['mistral-large', 'chatcmpl-tool-1', 'ownMinted'],
    ['gpt-5', 'x'.repeat(41), 'ownMinted'],
  ])('of %s that gave %s is %s (G11)', (model, given, sent) => {
    expect(callOf(withId('ownMinted', given), model)).toMatchObject({ id: sent });
  });

  it('is made of another one when the upstream accepts neither (G11)', () => {
    expect(callOf(message('call-1'), 'devstral')).toMatchObject({
      id: expect.stringMatching(/^[a-f0-9]{9}$/) as string,
    });
  });

  it('is not the one that another upstream gave (G11)', () => {
    const other = { origin: 'there', calls: [{ callId: 'ownMinted', upstreamId: 'call_abc' }] };
    expect(callOf(message('ownMinted', other))).toMatchObject({ id: 'ownMinted' });
  });
});

describe('what an upstream attached', () => {
  it('is where it was: at the call, and in its function (G05)', () => {
    const fields = { thought_signature: 's', function: { thought_signature: 't' } };
    const calls: CallMetadata[] = [{ callId: 'c', fields }];
    expect(callOf(message('c', { calls }))).toEqual({
      id: 'c',
      type: 'function',
      thought_signature: 's',
      function: { name: 'weather', arguments: '{}', thought_signature: 't' },
    });
  });

  it('replaces nothing that the API defines (G05)', () => {
    const one = message('c', {
      fields: { role: 'system', content: 'x' },
      calls: [{ callId: 'c', fields: { id: 'x' } }],
    });
    expect(createRoundsConverter([one], target).toAssistant(one)).toMatchObject({
      role: 'assistant',
      content: null,
      tool_calls: [{ id: 'c' }],
    });
  });

  it('names a call that has no acceptable name', () => {
    const one = { ...message('c'), calls: [{ callId: 'c', name: 'a tool!', input: '{}' }] };
    expect(callOf(one)).toMatchObject({ function: { name: 'a_tool_' } });
  });
});

describe('an error of the upstream', () => {
  it('is logged without what it quotes of the reasoning that was sent back (G06)', async () => {
    const thought = 'The visitor seems to be in a hurry today.';
    const fetch = () => Promise.resolve(new Response(`{"message":"Bad: ${thought}"}`, { status: 400 }));
    const provider = createOpenAiProvider({ apiKey: 'key', baseUrl: 'http://up.test', model: 'm', fetch });
    const metadata: ProviderMetadata = {
      origin: originOf('openai', 'http://up.test', 'm'),
      reasoning: 'wanted',
    };
    const messages = [{ ...message('c'), metadata, reasoning: thought }];
    const stream = provider.stream({ messages }, new AbortController().signal)[Symbol.asyncIterator]();
    const error: unknown = await stream.next().catch((thrown: unknown) => thrown);
    const { cause } = error as { cause: UpstreamError };
    expect(cause.safeWords()).toBe('Bad: [request]');
  });
});
