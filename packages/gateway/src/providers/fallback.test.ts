import { describe, expect, it } from 'vitest';
import { collect, describeProvider, eventsIn, textIn } from '../testing/contracts/provider-contract.ts';
import { BROKEN_TEXT, startScriptedAnswers } from '../testing/upstream/scripted-answers.ts';
import { startUpstream } from '../testing/upstream/upstream.ts';
import { createFallbackProvider } from './fallback.ts';
import { createOpenAiProvider } from './openai.ts';
import type { Provider, ProviderRequest } from './provider.ts';
import { originOf } from './upstream-origin.ts';

const KNOWN = { apiKey: 'k', model: 'gpt-test' };
const never = () => new AbortController().signal;

/** The first upstream fails, the second one gives the known answer. */
async function scripted(question: string) {
  const broken = await startScriptedAnswers({ kind: 'reset' });
  const upstream = await startUpstream();
  const providers = [broken.url, upstream.url].map((baseUrl) => createOpenAiProvider({ ...KNOWN, baseUrl }));
  return {
    provider: createFallbackProvider(providers),
    request: { messages: [{ role: 'user' as const, text: question }] },
    whenReleased: () => upstream.waitFor({ state: 'client-closed' }),
    calls: () => upstream.requests.length + broken.bodies.length,
    close: () => Promise.all([upstream.close(), broken.close()]).then(() => undefined),
  };
}

describeProvider('a fallback', {
  answering: () => scripted('[[emoji]]'),
  hanging: () => scripted('[[hang-mid]]'),
});

describe('a fallback to another upstream', () => {
  const start = async () => {
    const first = await startScriptedAnswers({ kind: 'status', status: 500 });
    const second = await startScriptedAnswers({ kind: 'text', text: 'From the second.' });
    const request = { extraHeaders: { 'x-first': 'secret' } };
    const provider = createFallbackProvider([
      createOpenAiProvider({ ...KNOWN, baseUrl: first.url }),
      createOpenAiProvider({ apiKey: 'k', model: 'other-model', baseUrl: second.url }),
    ]);
    const ask = (messages: ProviderRequest['messages']) =>
      collect(provider.stream({ messages, model: 'of-the-site', settings: request }, never()));
    return { first, second, ask, close: () => Promise.all([first.close(), second.close()]) };
  };

  it('asks it for its own model: that of the site is for the first one', async () => {
    const { first, second, ask, close } = await start();
    expect(textIn(await ask([{ role: 'user', text: 'Hi' }]))).toBe('From the second.');
    expect([first, second].map(({ bodies }) => bodies.map(({ model }) => model))).toEqual([
      ['of-the-site'],
      ['other-model'],
    ]);
    await close();
  });

  it('does not send it what the first one attached to its answers', async () => {
    const { first, second, ask, close } = await start();
    const origin = originOf('openai', first.url, 'of-the-site');
    const metadata = { origin, fields: { reasoning_details: 'signature-of-the-first' } };
    await ask([
      { role: 'user', text: 'Hi' },
      { role: 'assistant', text: 'Hm.', metadata, reasoning: 'thought-of-the-first' },
      { role: 'user', text: 'And?' },
    ]);
    expect(JSON.stringify(first.bodies)).toContain('signature-of-the-first');
    expect(JSON.stringify(second.bodies)).not.toMatch(/of-the-first/);
    await close();
  });

  it('does not happen after the first content: the error is given, and the other one is never asked', async () => {
    const first = await startScriptedAnswers({ kind: 'break', after: 'text' });
    const second = await startScriptedAnswers({ kind: 'text', text: 'Again.' });
    const providers = [first.url, second.url].map((baseUrl) => createOpenAiProvider({ ...KNOWN, baseUrl }));
    const texts: string[] = [];
    const read = async () => {
      const request = { messages: [{ role: 'user' as const, text: 'Hi' }] };
      for await (const event of eventsIn(createFallbackProvider(providers).stream(request, never())))
        if (event.type === 'text-delta') texts.push(event.text);
    };
    await expect(read()).rejects.toMatchObject({ code: 'upstream-failed' });
    expect([texts.join(''), second.bodies.length]).toEqual([BROKEN_TEXT, 0]);
    await Promise.all([first.close(), second.close()]);
  });

  it('can be reached when one of its upstreams can', async () => {
    const failing: Provider = {
      ...createOpenAiProvider(KNOWN),
      check: () => Promise.reject(new Error('down')),
    };
    const working: Provider = { ...createOpenAiProvider(KNOWN), check: () => Promise.resolve() };
    await expect(createFallbackProvider([failing, working]).check?.()).resolves.toBeUndefined();
    await expect(createFallbackProvider([failing, failing]).check?.()).rejects.toThrow('down');
  });

  it('is one list, also of fallbacks, and needs at least one provider', () => {
    const [a, b, c] = ['a', 'b', 'c'].map((name) => createOpenAiProvider({ ...KNOWN, name }));
    const inner = createFallbackProvider([a, b].filter((one) => one !== undefined));
    const outer = createFallbackProvider([inner, c].filter((one) => one !== undefined));
    expect([outer.name, outer.upstreams?.length]).toEqual(['a, b, c', 3]);
    expect(() => createFallbackProvider([])).toThrow(TypeError);
  });
});
