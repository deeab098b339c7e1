import { afterEach, beforeEach, expect, it } from 'vitest';
import { startUpstream, type Upstream } from '../testing/upstream/upstream.ts';
import { createOpenAiProvider } from './openai.ts';
import { createOpenAiResponsesProvider } from './openai-responses.ts';
import {
  providerEventsOf,
  type ProviderEvent,
  type ProviderRequest,
  type ResponseReference,
} from './provider.ts';

let upstream: Upstream;
beforeEach(async () => {
  upstream = await startUpstream();
});
afterEach(() => upstream.close());

const providerOf = (model = 'gpt-5') =>
  createOpenAiResponsesProvider({ apiKey: 'key', baseUrl: upstream.url, model });
const isThere = (response: ResponseReference, provider = providerOf()) =>
  provider.background?.has(response, new AbortController().signal);

/** Asks in the background. @returns the reference of the response, when half of it has come */
async function ask(scene: string, signal: AbortSignal): Promise<ResponseReference> {
  let response: ResponseReference | undefined;
  const background = { onResponse: (named: ResponseReference) => (response = named) };
  await firstOf(providerOf().stream(requestOf(scene, background), signal));
  return response ?? never();
}

const requestOf = (scene: string, background: ProviderRequest['background']): ProviderRequest => ({
  messages: [{ role: 'user', text: `Why? [[${scene}]]` }],
  ...(background === undefined ? {} : { background }),
});

/** Reads until the first text. */
async function firstOf(stream: ReturnType<ReturnType<typeof providerOf>['stream']>): Promise<void> {
  const outputs = stream[Symbol.asyncIterator]();
  for (let has = false; !has;) {
    const step = await outputs.next();
    if (step.done === true) return;
    has = providerEventsOf(step.value).some(({ type }) => type === 'text-delta');
  }
}

async function readAgain(resume: ResponseReference, model?: string): Promise<ProviderEvent[]> {
  const events: ProviderEvent[] = [];
  const request = requestOf('echo', { resume, onResponse: never });
  for await (const output of providerOf(model).stream(request, new AbortController().signal))
    events.push(...providerEventsOf(output));
  return events;
}

it('is asked for with what it has to be stored by, and goes on without a reader', async () => {
  const reader = new AbortController();
  const response = await ask('hang-mid', reader.signal);
  expect(upstream.requests[0]?.body).toMatchObject({ background: true, store: true, stream: true });
  reader.abort();
  upstream.release();
  await upstream.waitFor({ state: 'answered' });
  const events = await readAgain(response);
  const text = events.map((event) => (event.type === 'text-delta' ? event.text : '')).join('');
  expect(text).toBe('The first half of a sentence and the second half.');
  expect(events.at(-1)).toMatchObject({ type: 'finished', reason: 'stop', usage: { inputTokens: 11 } });
  expect(upstream.requests).toHaveLength(1);
});

it('can be read again by a provider of another model, as the answer of its own', async () => {
  const response = await ask('reasoning', new AbortController().signal);
  const [finished] = (await readAgain(response, 'other-1')).slice(-1);
  expect(finished).toMatchObject({ metadata: { origin: response.origin } });
});

it('is there until its upstream has forgotten it, for the same upstream only', async () => {
  const response = await ask('hang-mid', new AbortController().signal);
  expect(await isThere(response)).toBe(true);
  expect(await isThere(response, providerOf('another-model'))).toBe(true);
  expect(await isThere({ ...response, origin: 'openai-responses http://other/v1 gpt-5' })).toBe(false);
  upstream.forgetResponses();
  expect(await isThere(response)).toBe(false);
});

it('is not there when the upstream cannot be reached or does not answer in time', async () => {
  const response = await ask('hang-mid', new AbortController().signal);
  expect(await providerOf().background?.has(response, AbortSignal.abort())).toBe(false);
  await upstream.close();
  expect(await isThere(response)).toBe(false);
});

it('can be cancelled, also twice, and cannot be read again then', async () => {
  const response = await ask('hang-mid', new AbortController().signal);
  const { background } = providerOf();
  await background?.cancel(response);
  await upstream.waitFor({ state: 'client-closed' });
  expect(await isThere(response)).toBe(false);
  await expect(background?.cancel(response)).resolves.toBeUndefined();
});

it('does not exist in chat completions', () => {
  const provider = createOpenAiProvider({ apiKey: 'key', baseUrl: upstream.url, model: 'm' });
  expect(provider.background).toBeUndefined();
});

function never(): never {
  throw new Error('the upstream has named no response');
}
