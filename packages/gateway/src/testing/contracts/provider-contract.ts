/** The contract suite of `Provider` (`providers/provider.ts`), including hostile cases. Every adapter must pass it. */
import { afterEach, describe, expect, it } from 'vitest';
import {
  providerEventsOf,
  type Provider,
  type ProviderEvent,
  type ProviderOutput,
  type ProviderRequest,
} from '../../providers/provider.ts';

/** A provider with a known response, for one test. */
export interface ScriptedProvider {
  /** The adapter under test. */
  provider: Provider;
  /** The request that gets the known response. */
  request: ProviderRequest;
  /** Resolves once the upstream call of the last stream has ended. Absent when there is no upstream. */
  whenReleased?: () => Promise<unknown>;
  /** The number of upstream calls so far. Absent when there is no upstream. */
  calls?: () => number;
  /** Releases everything. Called after the test. */
  close?: () => Promise<void>;
}

/** The responses that an adapter must be able to give. */
export interface ProviderScripts {
  /** Responds with at least three characters of text, if possible with characters outside the Basic Multilingual Plane. */
  answering: () => ScriptedProvider | Promise<ScriptedProvider>;
  /** Responds with at least one text delta, then with nothing until the test ends. */
  hanging: () => ScriptedProvider | Promise<ScriptedProvider>;
}

/** The events of a stream one by one, whether the provider yields single events or batches. */
export async function* eventsIn(outputs: AsyncIterable<ProviderOutput>): AsyncGenerator<ProviderEvent> {
  for await (const output of outputs) yield* providerEventsOf(output);
}

/** Reads a stream to its end. @returns its events, in order */
export async function collect(outputs: AsyncIterable<ProviderOutput>): Promise<ProviderEvent[]> {
  const all: ProviderEvent[] = [];
  for await (const event of eventsIn(outputs)) all.push(event);
  return all;
}

/** The events with adjacent deltas joined: where a provider cuts its text depends on the network. */
export function joinDeltas(events: readonly ProviderEvent[]): ProviderEvent[] {
  const joined: ProviderEvent[] = [];
  for (const event of events) {
    const last = joined.at(-1);
    const isMore = event.type === 'text-delta' || event.type === 'reasoning-delta';
    if (isMore && last?.type === event.type) last.text += event.text;
    else joined.push({ ...event });
  }
  return joined;
}

/** The joined text of all text deltas. */
export function textIn(events: readonly ProviderEvent[]): string {
  return events.map((event) => (event.type === 'text-delta' ? event.text : '')).join('');
}

const typesOf = (events: readonly ProviderEvent[]) => events.map(({ type }) => type);
const countOf = (events: readonly ProviderEvent[], type: ProviderEvent['type']) =>
  events.filter((event) => event.type === type).length;

/** Reads until an event of this type, calls `then`, and reads to the end. The stream may end or throw after an abort. */
async function readThen(
  outputs: AsyncIterable<ProviderOutput>,
  type: ProviderEvent['type'],
  then: () => void,
): Promise<{ before: ProviderEvent[]; after: ProviderEvent[] }> {
  const iterator = eventsIn(outputs);
  const before: ProviderEvent[] = [];
  const after: ProviderEvent[] = [];
  while (before.at(-1)?.type !== type) {
    const step = await iterator.next();
    if (step.done === true) throw new Error(`the stream ended before ${type}`);
    before.push(step.value);
  }
  const pending = iterator.next(); // pending while `then` is called
  then();
  try {
    for (let step = await pending; step.done !== true; step = await iterator.next()) after.push(step.value);
  } catch {
    // The contract allows both an end and an error after an abort: the caller checks its signal.
  }
  return { before, after };
}

/** Runs the contract suite. */
export function describeProvider(name: string, scripts: ProviderScripts): void {
  describe(`provider contract: ${name}`, () => {
    const open: ScriptedProvider[] = [];
    const start = async (script: keyof ProviderScripts): Promise<ScriptedProvider> => {
      const scripted = await scripts[script]();
      open.push(scripted);
      return scripted;
    };
    afterEach(async () => {
      for (const { close } of open.splice(0)) await close?.();
    });

    it('emits response-started first, finished last, and each exactly once', async () => {
      const { provider, request } = await start('answering');
      const events = await collect(provider.stream(request, new AbortController().signal));
      expect(events[0]).toEqual({ type: 'response-started' });
      expect(events.at(-1)).toMatchObject({ type: 'finished', reason: 'stop' });
      expect([countOf(events, 'response-started'), countOf(events, 'finished')]).toEqual([1, 1]);
      expect(textIn(events).length).toBeGreaterThanOrEqual(3);
    });

    it('yields no empty batch, and nothing after the one that ends with finished', async () => {
      const { provider, request } = await start('answering');
      const batches: (readonly ProviderEvent[])[] = [];
      for await (const output of provider.stream(request, new AbortController().signal))
        batches.push(providerEventsOf(output));
      expect(batches.filter(({ length }) => length === 0)).toEqual([]);
      expect(batches.at(-1)?.at(-1)).toMatchObject({ type: 'finished' });
      expect(countOf(batches.flat(), 'finished')).toBe(1);
    });

    it('never emits an empty delta or half of a surrogate pair', async () => {
      const { provider, request } = await start('answering');
      const events = await collect(provider.stream(request, new AbortController().signal));
      const texts = events.flatMap((event) => ('text' in event ? [event.text] : []));
      expect(texts.filter((text) => text === '' || /\p{Surrogate}/u.test(text))).toEqual([]);
    });

    it('emits nothing and makes no upstream call when the signal is already aborted', async () => {
      const { provider, request, calls } = await start('answering');
      const events: ProviderEvent[] = [];
      try {
        for await (const event of eventsIn(provider.stream(request, AbortSignal.abort()))) events.push(event);
      } catch {
        // The contract allows both an end and an error, as in `readThen`.
      }
      expect(typesOf(events)).toEqual([]);
      expect(calls?.() ?? 0).toBe(0);
    });

    it('ends without finished when aborted before the first delta, and ends the upstream call', async () => {
      const { provider, request, whenReleased } = await start('hanging');
      const run = new AbortController();
      const { after } = await readThen(provider.stream(request, run.signal), 'response-started', () => {
        run.abort();
      });
      await whenReleased?.();
      expect(countOf(after, 'finished')).toBe(0);
    });

    it('ends without finished when aborted after a delta, and ends the upstream call', async () => {
      const { provider, request, whenReleased } = await start('hanging');
      const run = new AbortController();
      const { after } = await readThen(provider.stream(request, run.signal), 'text-delta', () => {
        run.abort();
      });
      await whenReleased?.();
      expect(countOf(after, 'finished')).toBe(0);
    });

    it.each(['response-started', 'text-delta'])(
      'ends the upstream call when the caller stops iterating after %s',
      async (type) => {
        const { provider, request, whenReleased } = await start('hanging');
        for await (const event of eventsIn(provider.stream(request, new AbortController().signal))) {
          if (event.type === type) break;
        }
        await whenReleased?.();
      },
    );

    it('ignores an abort after the end', async () => {
      const { provider, request } = await start('answering');
      const run = new AbortController();
      const events = await collect(provider.stream(request, run.signal));
      run.abort();
      expect(countOf(events, 'finished')).toBe(1);
    });

    it('keeps the events of two concurrent streams separate', async () => {
      const { provider, request } = await start('answering');
      const answers = await Promise.all(
        [1, 2].map(() => collect(provider.stream(request, new AbortController().signal))),
      );
      expect(textIn(answers[0] ?? [])).not.toBe('');
      expect(textIn(answers[0] ?? [])).toBe(textIn(answers[1] ?? []));
    });
  });
}
