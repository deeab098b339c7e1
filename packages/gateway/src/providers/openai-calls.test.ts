/** What the openai provider says about the requests that it sends, so that what they cost is counted. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { collect } from '../testing/contracts/provider-contract.ts';
import { startUpstream, type Upstream } from '../testing/upstream/upstream.ts';
import { createFallbackProvider } from './fallback.ts';
import { createOpenAiProvider } from './openai.ts';
import type { Provider } from './provider.ts';

let upstream: Upstream;
beforeEach(async () => {
  upstream = await startUpstream();
});
afterEach(() => upstream.close());
const openai = (model: string) => createOpenAiProvider({ apiKey: 'k', model, baseUrl: upstream.url });

/** The calls that a provider has reported for one question; those that it has withdrawn begin with a minus. */
async function callsOf(provider: Provider, text: string, signal = new AbortController().signal) {
  const calls: string[] = [];
  const onCall = (model: string) => {
    calls.push(model);
    return () => calls.push(`-${model}`);
  };
  const request = { messages: [{ role: 'user' as const, text }], onCall };
  await collect(provider.stream(request, signal)).catch(() => undefined);
  return calls;
}

describe('the calls of the openai provider', () => {
  it('are counted when they are answered, also when the answer breaks off', async () => {
    expect(await callsOf(openai('one'), 'Hello')).toEqual(['one']);
    expect(await callsOf(openai('one'), '[[truncate]]')).toEqual(['one']);
  });

  it('are withdrawn when the upstream refuses them', async () => {
    expect(await callsOf(openai('one'), '[[quota]]')).toEqual(['one', '-one']);
  });

  it('are counted for each upstream of a chain by its own model', async () => {
    const chain = createFallbackProvider([openai('one'), openai('two')]);
    expect(await callsOf(chain, '[[quota]]')).toEqual(['one', '-one', 'two', '-two']);
  });

  it('are counted when they are stopped before the answer begins, because nobody knows what they cost', async () => {
    const stop = new AbortController();
    const calls = callsOf(openai('one'), '[[hang-headers]]', stop.signal);
    await upstream.waitFor({ state: 'gated' });
    stop.abort();
    expect(await calls).toEqual(['one']);
  });
});
