/** The contract of the provider seam, run over every adapter: what `providers/provider.ts` promises, hostile cases included. */
import { afterEach, describe, expect, it } from 'vitest';
import type { Provider, ProviderEvent, ProviderRequest } from '../../providers/provider.ts';

export interface ScriptedProvider {
  provider: Provider;
  request: ProviderRequest;
  /** Resolves once the upstream call of the last stream is gone; absent when there is no upstream. */
  whenReleased?: () => Promise<unknown>;
  /** How many upstream calls were made; absent when there is no upstream. */
  calls?: () => number;
  close?: () => Promise<void>;
}

export interface ProviderScripts {
  /** Gives an answer of at least three text deltas, with characters outside the basic plane where the adapter can be made to. */
  answering: () => ScriptedProvider | Promise<ScriptedProvider>;
  /** Gives at least one text delta, then nothing, for as long as the test lasts. */
  hanging: () => ScriptedProvider | Promise<ScriptedProvider>;
}

/** Reads to the end. */
export async function collect(events: AsyncIterable<ProviderEvent>): Promise<ProviderEvent[]> {
  const all: ProviderEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}

/** The text deltas, joined. */
export function textIn(events: readonly ProviderEvent[]): string {
  return events.map((event) => (event.type === 'text-delta' ? event.text : '')).join('');
}

const typesOf = (events: readonly ProviderEvent[]) => events.map(({ type }) => type);
const countOf = (events: readonly ProviderEvent[], type: ProviderEvent['type']) =>
  events.filter((event) => event.type === type).length;

/** Reads until the event of this type has come, runs `then`, reads on; an abort may end the reading either way. */
async function readThen(
  events: AsyncIterable<ProviderEvent>,
  type: ProviderEvent['type'],
  then: () => void,
): Promise<{ before: ProviderEvent[]; after: ProviderEvent[] }> {
  const iterator = events[Symbol.asyncIterator]();
  const before: ProviderEvent[] = [];
  const after: ProviderEvent[] = [];
  while (before.at(-1)?.type !== type) {
    const step = await iterator.next();
    if (step.done === true) throw new Error(`ended before any ${type}`);
    before.push(step.value);
  }
  const pending = iterator.next(); // a read that is under way when `then` happens
  then();
  try {
    for (let step = await pending; step.done !== true; step = await iterator.next()) after.push(step.value);
  } catch {
    // ends or throws: both are in the contract, the caller asks the signal which it was
  }
  return { before, after };
}

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

    it('begins with response-started, ends with finished, and has each exactly once', async () => {
      const { provider, request } = await start('answering');
      const events = await collect(provider.stream(request, new AbortController().signal));
      expect(events[0]).toEqual({ type: 'response-started' });
      expect(events.at(-1)).toMatchObject({ type: 'finished', reason: 'stop' });
      expect([countOf(events, 'response-started'), countOf(events, 'finished')]).toEqual([1, 1]);
      expect(countOf(events, 'text-delta')).toBeGreaterThanOrEqual(3);
    });

    it('never gives an empty delta or half of a surrogate pair', async () => {
      const { provider, request } = await start('answering');
      const events = await collect(provider.stream(request, new AbortController().signal));
      const texts = events.flatMap((event) => ('text' in event ? [event.text] : []));
      expect(texts.filter((text) => text === '' || /\p{Surrogate}/u.test(text))).toEqual([]);
    });

    it('gives nothing and calls nobody when the signal was aborted before', async () => {
      const { provider, request, calls } = await start('answering');
      const events: ProviderEvent[] = [];
      try {
        for await (const event of provider.stream(request, AbortSignal.abort())) events.push(event);
      } catch {
        // ends or throws, see above
      }
      expect(typesOf(events)).toEqual([]);
      expect(calls?.() ?? 0).toBe(0);
    });

    it('ends without finished when it is aborted before the first delta, and lets the upstream go', async () => {
      const { provider, request, whenReleased } = await start('hanging');
      const run = new AbortController();
      const { after } = await readThen(provider.stream(request, run.signal), 'response-started', () => {
        run.abort();
      });
      await whenReleased?.();
      expect(countOf(after, 'finished')).toBe(0);
    });

    it('ends without finished when it is aborted in the middle, and lets the upstream go', async () => {
      const { provider, request, whenReleased } = await start('hanging');
      const run = new AbortController();
      const { after } = await readThen(provider.stream(request, run.signal), 'text-delta', () => {
        run.abort();
      });
      await whenReleased?.();
      expect(countOf(after, 'finished')).toBe(0);
    });

    it.each(['response-started', 'text-delta'])(
      'lets the upstream go when the caller leaves after %s',
      async (type) => {
        const { provider, request, whenReleased } = await start('hanging');
        for await (const event of provider.stream(request, new AbortController().signal)) {
          if (event.type === type) break;
        }
        await whenReleased?.();
      },
    );

    it('takes an abort after the end for nothing', async () => {
      const { provider, request } = await start('answering');
      const run = new AbortController();
      const events = await collect(provider.stream(request, run.signal));
      run.abort();
      expect(countOf(events, 'finished')).toBe(1);
    });

    it('keeps two answers that are written at the same time apart', async () => {
      const { provider, request } = await start('answering');
      const answers = await Promise.all(
        [1, 2].map(() => collect(provider.stream(request, new AbortController().signal))),
      );
      expect(textIn(answers[0] ?? [])).not.toBe('');
      expect(textIn(answers[0] ?? [])).toBe(textIn(answers[1] ?? []));
    });
  });
}
