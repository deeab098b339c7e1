import { ChatError } from '@rivulet/protocol';
import { describe, expect, it } from 'vitest';
import { collect } from '../testing/contracts/provider-contract.ts';
import type { RefusedKey } from './api-keys.ts';
import { createOpenAiProvider, type OpenAiProviderOptions } from './openai.ts';
import type { ProviderMessage, ProviderRequest } from './provider.ts';
import type { RequestSettings } from './request-settings.ts';

const ANSWER = 'data: {"choices":[{"delta":{"content":"Hi"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n';
const QUESTION: ProviderMessage[] = [{ role: 'user', text: 'Hello' }];
const never = () => new AbortController().signal;

interface Sent {
  authorization: string | null;
  headers: Headers;
  body: Record<string, unknown>;
}

/** A provider whose upstream accepts only the keys that begin with `good`, and what was sent to it. */
function scripted(options: Partial<OpenAiProviderOptions> = {}) {
  const sent: Sent[] = [];
  const fetch = (_url: unknown, init?: RequestInit) => {
    const headers = new Headers(init?.headers);
    const authorization = headers.get('authorization');
    sent.push({ authorization, headers, body: JSON.parse(init?.body as string) as Sent['body'] });
    const isGood = authorization?.startsWith('Bearer good') === true;
    const refusal = new Response('{"error":{"message":"no"}}', { status: 401 });
    return Promise.resolve(
      isGood ? new Response(ANSWER, { headers: { 'content-type': 'text/event-stream' } }) : refusal,
    );
  };
  const provider = createOpenAiProvider({ apiKey: 'good', model: 'gpt-test', fetch, ...options });
  const ask = (request: Partial<ProviderRequest> = {}) =>
    collect(provider.stream({ messages: QUESTION, ...request }, never()));
  return { sent, ask };
}

describe('the limits of a model', () => {
  const modelLimits = (request: RequestSettings, model: string, settings?: RequestSettings) =>
    createOpenAiProvider({ apiKey: 'good', model: 'gpt-4', request }).modelLimits?.({
      model,
      ...(settings === undefined ? {} : { settings }),
    });

  it('are those of its family and the length that the request asks for', () => {
    expect(modelLimits({ maxTokens: 5 }, 'gpt-4')).toEqual({ windowTokens: 8_192, answerTokens: 5 });
    const settings = { maxCompletionTokens: 9 };
    expect(modelLimits({ maxTokens: 5 }, 'unknown', settings)).toEqual({ answerTokens: 9 });
  });

  it('are those of the settings; the window of the provider is that of its own model', () => {
    const provider = { contextWindowTokens: 4_000 };
    expect(modelLimits(provider, 'gpt-4')?.windowTokens).toBe(4_000);
    expect(modelLimits(provider, 'gpt-4o')?.windowTokens).toBe(128_000);
    expect(modelLimits(provider, 'gpt-4o', { contextWindowTokens: 1_000 })?.windowTokens).toBe(1_000);
  });
});

describe('the requests of the openai provider', () => {
  it('carry the settings of the provider, with those of the site in their place', async () => {
    const request = { temperature: 1, topP: 0.5, extraBody: { top_k: 3 } };
    const { sent, ask } = scripted({ request });
    await ask({ settings: { temperature: 0.2, extraHeaders: { 'X-Site': 'shop' } } });
    expect(sent[0]?.body).toMatchObject({ model: 'gpt-test', temperature: 0.2, top_p: 0.5, top_k: 3 });
    expect(sent[0]?.headers.get('x-site')).toBe('shop');
  });

  it('try the next key at once when one is refused, and begin with it the next time', async () => {
    const refused: RefusedKey[] = [];
    const { sent, ask } = scripted({ apiKey: ['bad', 'good'], onKeyRefused: (key) => refused.push(key) });
    await ask();
    await ask();
    expect(sent.map(({ authorization }) => authorization)).toEqual([
      'Bearer bad',
      'Bearer good',
      'Bearer good',
    ]);
    expect(refused).toMatchObject([{ number: 1, of: 2, status: 401 }]);
  });

  it('fail with the last answer when every key is refused, and name no key', async () => {
    const { sent, ask } = scripted({ apiKey: ['bad-1', 'bad-2'] });
    const error = await ask().catch((reason: unknown) => reason as ChatError);
    expect(sent).toHaveLength(2);
    expect(error).toBeInstanceOf(ChatError);
    expect(JSON.stringify(error) + String((error as ChatError).cause)).not.toContain('bad-');
  });

  it.each([
    ['system', ['system: Be kind', 'user: Hello']],
    ['developer', ['developer: Be kind', 'user: Hello']],
    ['user', ['user: Be kind\n\nHello']],
  ] as const)('give the system prompt the role %s (G04)', async (systemRole, lines) => {
    const { sent, ask } = scripted({ request: { systemRole } });
    await ask({ messages: [{ role: 'system', text: 'Be kind' }, ...QUESTION] });
    const messages = sent[0]?.body.messages as { role: string; content: string }[];
    expect(messages.map(({ role, content }) => `${role}: ${content}`)).toEqual(lines);
  });
});
