import { ChatError } from '@rivulet/protocol';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Provider, ProviderEvent, ProviderOutput } from './provider.ts';
import { createFakeClock, type FakeClock } from '../testing/fake-clock.ts';
import { createDeafProvider, type DeafProvider } from '../testing/deaf-provider.ts';
import { collect, describeProvider } from '../testing/contracts/provider-contract.ts';
import {
  DEFAULT_PROVIDER_TIMEOUTS,
  withProviderTimeouts,
  type ProviderTimeouts,
} from './provider-timeouts.ts';

const limits: ProviderTimeouts = DEFAULT_PROVIDER_TIMEOUTS;
const request = { messages: [] };
const STARTED: ProviderEvent = { type: 'response-started' };
const DELTA: ProviderEvent = { type: 'text-delta', text: 'word ' };
const FINISHED: ProviderEvent = { type: 'finished', reason: 'stop' };

/** Behaves like setTimeout, which treats a delay that is too long, or Infinity, as 1 ms. */
function boundedClock(): FakeClock {
  const clock = createFakeClock();
  const after = clock.after.bind(clock);
  return Object.assign(clock, {
    after: (delayMs: number, callback: () => void) => after(delayMs < 2 ** 31 ? delayMs : 1, callback),
  });
}

describe('a provider with timeouts', () => {
  let clock: FakeClock;
  let deaf: DeafProvider;
  let run: AbortController;
  let events: AsyncIterator<ProviderOutput>;
  beforeEach(() => {
    clock = boundedClock();
    deaf = createDeafProvider();
    run = new AbortController();
    const watched = withProviderTimeouts(deaf.provider, { clock, limits });
    events = watched.stream(request, run.signal)[Symbol.asyncIterator]();
  });

  const next = async () => (await events.next()).value as ProviderOutput | undefined;
  /** Starts a read, advances the clock, and returns how the read ended. */
  const readAfter = async (byMs: number): Promise<unknown> => {
    const reading = events.next().then(
      ({ value, done }) => (done === true ? 'done' : value),
      (error: unknown) => error,
    );
    clock.advance(byMs);
    return reading;
  };
  const expectExpired = (error: unknown, code: string, limit: keyof ProviderTimeouts) => {
    expect(error).toBeInstanceOf(ChatError);
    expect(error).toMatchObject({ code, cause: { message: expect.stringContaining(limit) as string } });
    expect(deaf.isAborted()).toBe(true);
    expect(clock.pending).toBe(0);
  };

  it('passes everything on, ends after finished and leaves no timer', async () => {
    deaf.give(STARTED, DELTA, DELTA, FINISHED, DELTA);
    expect([await next(), await next(), await next(), await next(), await next()]).toEqual(
      [STARTED, DELTA, DELTA, FINISHED, undefined], // events after `finished` do not belong to this answer
    );
    expect(clock.pending).toBe(0);
  });

  it('passes batches on, selects the limit by their last event, and ends after the one with finished', async () => {
    deaf.give([STARTED, DELTA]);
    expect(await next()).toEqual([STARTED, DELTA]);
    const reading = next();
    clock.advance(limits.contentGapMs - 1);
    deaf.give([DELTA, FINISHED], DELTA);
    expect([await reading, await next()]).toEqual([[DELTA, FINISHED], undefined]);
    expect([deaf.isAborted(), clock.pending]).toEqual([true, 0]);
  });

  it('fails with upstream-stalled when a first batch with content is followed by nothing', async () => {
    deaf.give([STARTED, DELTA]);
    await next();
    expectExpired(await readAfter(limits.contentGapMs), 'upstream-stalled', 'contentGapMs');
  });

  it('fails with upstream-timeout after 30 s without headers', async () => {
    expectExpired(await readAfter(limits.headersMs), 'upstream-timeout', 'headersMs');
  });

  it('fails with upstream-timeout after 60 s without content', async () => {
    deaf.give(STARTED);
    await next();
    expectExpired(await readAfter(limits.firstContentMs), 'upstream-timeout', 'firstContentMs');
  });

  it('fails with upstream-stalled after 30 s without more content', async () => {
    deaf.give(STARTED, DELTA);
    await next();
    await next();
    expectExpired(await readAfter(limits.contentGapMs), 'upstream-stalled', 'contentGapMs');
  });

  it('waits until the last millisecond of each gap', async () => {
    deaf.give(STARTED, DELTA);
    await next();
    await next();
    for (let times = 0; times < 5; times += 1) {
      const reading = next();
      clock.advance(limits.contentGapMs - 1);
      deaf.give(DELTA);
      expect(await reading).toEqual(DELTA);
    }
  });

  it('fails with upstream-timeout after 300 s in total, however active the upstream is', async () => {
    deaf.give(STARTED);
    await next();
    for (let atMs = 0; atMs < limits.totalMs - 20_000; atMs += 20_000) {
      deaf.give(DELTA);
      await next();
      clock.advance(20_000);
    }
    expectExpired(await readAfter(20_000), 'upstream-timeout', 'totalMs');
  });

  it('does not count the time that a slow caller takes', async () => {
    deaf.give(STARTED, DELTA);
    await next();
    await next();
    clock.advance(limits.contentGapMs * 3);
    deaf.give(DELTA);
    expect(await next()).toEqual(DELTA);
    expectExpired(await readAfter(limits.contentGapMs), 'upstream-stalled', 'contentGapMs');
  });

  it('cancels the upstream when the total is exceeded, also while the caller is busy', async () => {
    deaf.give(STARTED);
    await next();
    clock.advance(limits.totalMs);
    expect(deaf.isAborted()).toBe(true);
    deaf.give(FINISHED); // too late
    expectExpired(await readAfter(0), 'upstream-timeout', 'totalMs');
  });

  it('drops events that arrive after a limit was exceeded', async () => {
    deaf.give(STARTED);
    await next();
    expectExpired(await readAfter(limits.firstContentMs), 'upstream-timeout', 'firstContentMs');
    deaf.give(DELTA, FINISHED);
    expect(await next()).toBeUndefined();
  });

  it('ends without an error when the caller aborts, even when the provider ignores its signal', async () => {
    deaf.give(STARTED, DELTA);
    await next();
    await next();
    const reading = next();
    run.abort();
    expect(await reading).toBeUndefined();
    expect([deaf.isAborted(), clock.pending]).toEqual([true, 0]);
  });

  it('stays an abort when a limit is exceeded after it', async () => {
    deaf.give(STARTED);
    await next();
    run.abort();
    expect(await readAfter(limits.totalMs)).toBe('done');
  });

  it('stays a timeout when the caller aborts after it', async () => {
    deaf.give(STARTED);
    await next();
    clock.advance(limits.totalMs);
    run.abort();
    expectExpired(await readAfter(0), 'upstream-timeout', 'totalMs');
  });

  it('enforces a gap that is shorter than the earlier limits', async () => {
    const short = { ...limits, contentGapMs: 5_000 };
    const watched = withProviderTimeouts(deaf.provider, { clock, limits: short });
    events = watched.stream(request, run.signal)[Symbol.asyncIterator]();
    deaf.give(STARTED, DELTA);
    await next();
    await next();
    expectExpired(await readAfter(short.contentGapMs), 'upstream-stalled', 'contentGapMs');
  });

  it('does not set a timer repeatedly while the caller is busy', async () => {
    deaf.give(STARTED, DELTA, DELTA);
    await next();
    await next();
    deaf.give(DELTA);
    await next();
    clock.advance(limits.contentGapMs * 2);
    expect(clock.pending).toBe(1); // the total
  });

  it('takes an end without finished for upstream-truncated', async () => {
    deaf.give(STARTED, DELTA);
    await next();
    await next();
    deaf.over();
    expect(await readAfter(0)).toMatchObject({ code: 'upstream-truncated' });
    expect(clock.pending).toBe(0);
  });

  it('passes errors of the provider on', async () => {
    const error = new ChatError('upstream-rate-limited', { retryAfterMs: 5 });
    const failing: Provider = {
      name: 'failing',
      // eslint-disable-next-line require-yield -- it fails before its first event
      async *stream() {
        throw error;
      },
    };
    const reading = collect(withProviderTimeouts(failing, { clock, limits }).stream(request, run.signal));
    await expect(reading).rejects.toBe(error);
    expect(clock.pending).toBe(0);
  });

  it('ends the provider when the caller stops iterating', async () => {
    deaf.give(STARTED);
    await next();
    await events.return?.();
    expect([deaf.isAborted(), clock.pending]).toEqual([true, 0]);
  });
});

describeProvider('watched', {
  answering: () => watchedScript([STARTED, DELTA, DELTA, DELTA, FINISHED]),
  hanging: () => watchedScript([STARTED, DELTA]),
});

function watchedScript(script: readonly ProviderEvent[]) {
  const released: (() => void)[] = [];
  const release = new Promise<void>((resolve) => released.push(resolve));
  let calls = 0;
  const provider: Provider = {
    name: 'scripted',
    async *stream(_request, signal) {
      calls += 1;
      signal.addEventListener('abort', () => {
        for (const resolve of released) resolve();
      });
      yield* script;
      if (script.at(-1) !== FINISHED) await release;
    },
  };
  const watched = withProviderTimeouts(provider, { clock: createFakeClock(), limits });
  return { provider: watched, request, calls: () => calls, whenReleased: () => release };
}
