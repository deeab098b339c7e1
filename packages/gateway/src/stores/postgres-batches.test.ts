/** Which calls share a round trip, and what fails together. */
import { describe, expect, it } from 'vitest';
import { createFakeClock } from '../testing/fake-clock.ts';
import { createBatches, type Company } from './postgres-batches.ts';

const OF_ONE_CALL = new Error('a bad row');

/** A server that answers when the test says so. */
function openFixture({ maxWaiting = 100 } = {}) {
  const clock = createFakeClock();
  const sent: { calls: readonly string[]; company: Company; answer: (error?: unknown) => void }[] = [];
  const add = createBatches<string, string>({
    keyOf: (call) => call.slice(0, 1),
    charsOf: (call) => call.length,
    run: (calls, company) => {
      const { promise, resolve, reject } = Promise.withResolvers<string[]>();
      const answer = (error?: unknown) => {
        if (error === undefined) resolve(calls.map((call) => `${call} done`));
        else reject(error);
      };
      sent.push({ calls, company, answer });
      return promise;
    },
    isOfOneCall: (error) => error === OF_ONE_CALL,
    maxWaiting,
    maxWaitMs: 1_000,
    clock,
  });
  const outcome = (call: string) =>
    add(call).catch((error: unknown) => (error as { code?: string }).code ?? 'failed');
  const last = () => sent.at(-1) ?? { calls: [], company: 'alone', answer: () => undefined };
  return { clock, sent, last, outcome };
}

/** Until everything that waits for no timer and no answer has run. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('batches of writes', () => {
  it('a lone call is sent in the same turn, without a timer', async () => {
    const { clock, sent, last, outcome } = openFixture();
    const result = outcome('a');
    await Promise.resolve();
    expect(sent).toMatchObject([{ calls: ['a'], company: 'alone' }]);
    expect(clock.pending).toBe(0);
    last().answer();
    expect(await result).toBe('a done');
  });

  it('calls that are made at once go together, and those that come meanwhile go together in the next batch', async () => {
    const { sent, last, outcome } = openFixture();
    const results = Promise.all(['a', 'b', 'c'].map(outcome));
    await settled();
    const more = Promise.all(['d', 'e'].map(outcome));
    await settled();
    expect(sent.map(({ calls }) => calls)).toEqual([['a', 'b', 'c']]);
    last().answer();
    expect(await results).toEqual(['a done', 'b done', 'c done']);
    await settled();
    expect(last()).toMatchObject({ calls: ['d', 'e'], company: 'with-others' });
    last().answer();
    expect(await more).toEqual(['d done', 'e done']);
  });

  it('calls of one key follow each other in their order', async () => {
    const { sent, last, outcome } = openFixture();
    const results = Promise.all(['a1', 'a2', 'b1', 'a3'].map(outcome));
    for (let batch = 0; batch < 3; batch += 1) {
      await settled();
      last().answer();
    }
    expect(await results).toHaveLength(4);
    expect(sent.map(({ calls }) => calls)).toEqual([['a1', 'b1'], ['a2'], ['a3']]);
  });

  it('long calls are divided into batches of a bounded size', async () => {
    const { sent, outcome } = openFixture();
    for (const key of ['a', 'b', 'c']) void outcome(key.repeat(3 * 1024 * 1024));
    await settled();
    expect(sent.map(({ calls }) => calls.length)).toEqual([2]);
  });

  it('of a batch that fails, each call is executed alone: only the one that has to fail does', async () => {
    const { sent, last, outcome } = openFixture();
    const results = Promise.all(['a', 'b', 'c'].map(outcome));
    await settled();
    last().answer(OF_ONE_CALL);
    await settled();
    const later = outcome('d');
    await settled();
    expect(sent.slice(1).map(({ calls }) => calls)).toEqual([['a'], ['b'], ['c'], ['d']]);
    for (const { calls, answer } of sent.slice(1)) answer(calls[0] === 'b' ? OF_ONE_CALL : undefined);
    expect(await results).toEqual(['a done', 'failed', 'c done']);
    expect(await later).toBe('d done');
  });

  it('when the connection fails, what its calls came to is not known: none is executed again', async () => {
    const { sent, last, outcome } = openFixture();
    const results = Promise.all(['a', 'b'].map(outcome));
    await settled();
    last().answer(new Error('the connection has ended'));
    expect(await results).toEqual(['failed', 'failed']);
    expect(sent).toHaveLength(1);
  });

  it('refuses more waiting calls than it may have, and those that have waited too long', async () => {
    const { clock, sent, last, outcome } = openFixture({ maxWaiting: 2 });
    const first = outcome('a');
    await settled();
    const waiting = Promise.all(['b', 'c', 'd'].map(outcome));
    clock.advance(1_000);
    expect(await waiting).toEqual(['overloaded', 'overloaded', 'overloaded']);
    last().answer();
    expect(await first).toBe('a done');
    await settled();
    expect(sent).toHaveLength(1);
    expect(clock.pending).toBe(0);
  });
});
