import { ChatError } from '@rivulet/protocol';
import { beforeEach, describe, expect, it } from 'vitest';
import { createDeafProvider, type DeafProvider } from '../testing/deaf-provider.ts';
import { createFakeClock, type FakeClock } from '../testing/fake-clock.ts';
import type { ProviderEvent, ProviderOutput } from './provider.ts';
import { DEFAULT_PROVIDER_TIMEOUTS, withProviderTimeouts } from './provider-timeouts.ts';

const limits = DEFAULT_PROVIDER_TIMEOUTS;
const STARTED: ProviderEvent = { type: 'response-started' };
const DELTA: ProviderEvent = { type: 'text-delta', text: 'word ' };

describe('a provider with timeouts whose upstream shows life', () => {
  let clock: FakeClock;
  let deaf: DeafProvider;
  let events: AsyncIterator<ProviderOutput>;
  beforeEach(() => {
    clock = createFakeClock();
    deaf = createDeafProvider();
    const watched = withProviderTimeouts(deaf.provider, { clock, limits });
    events = watched.stream({ messages: [] }, new AbortController().signal)[Symbol.asyncIterator]();
  });
  /** The next output, or the error. */
  const next = () =>
    events.next().then(
      ({ value }: IteratorResult<ProviderOutput, unknown>) => value,
      (error: unknown) => error,
    );
  const expectExpired = (error: unknown, code: string, limit: string) => {
    expect(error).toBeInstanceOf(ChatError);
    expect(error).toMatchObject({ code, cause: { message: expect.stringContaining(limit) as string } });
    expect([deaf.isAborted(), clock.pending]).toEqual([true, 0]);
  };

  it.each([
    ['the first content', [STARTED]],
    ['more content', [STARTED, DELTA]],
  ])('waits for %s while the upstream shows life (G03)', async (_what, before) => {
    deaf.give(before);
    await next();
    const reading = next();
    for (let pauseMs = 0; pauseMs < 120_000; pauseMs += 4_000) {
      clock.advance(4_000);
      deaf.showLife();
    }
    deaf.give(DELTA);
    expect(await reading).toEqual(DELTA);
  });

  it('ends an answer of keep-alives at the limit of the whole answer (G03)', async () => {
    deaf.give([STARTED, DELTA]);
    await next();
    const reading = next();
    for (let pauseMs = 0; pauseMs < limits.totalMs; pauseMs += 10_000) {
      clock.advance(10_000);
      deaf.showLife();
    }
    expectExpired(await reading, 'upstream-timeout', 'totalMs');
  });

  it('counts no sign of life before the headers (G03)', async () => {
    const reading = next();
    clock.advance(limits.headersMs - 1);
    deaf.showLife();
    clock.advance(1);
    expectExpired(await reading, 'upstream-timeout', 'headersMs');
  });
});
