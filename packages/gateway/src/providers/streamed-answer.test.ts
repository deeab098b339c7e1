import { PassThrough } from 'node:stream';
import { ChatError } from '@rivulet/protocol';
import { beforeEach, describe, expect, it } from 'vitest';
import { createFakeClock, type FakeClock } from '../testing/fake-clock.ts';
import type { ProviderEvent } from './provider.ts';
import { StreamedAnswer, type AnswerReader, type OpenedAnswer } from './streamed-answer.ts';

const FINISHED: ProviderEvent = { type: 'finished', reason: 'stop' };
const words = (text: string): ProviderEvent => ({ type: 'text-delta', text });

/** Each chunk is one delta. `!` fails, `.` completes the answer, `,` all but completes it, one that starts with `_` gives nothing yet. */
const reader: AnswerReader = {
  read(bytes, events) {
    const text = Buffer.from(bytes).toString();
    if (text === '!') throw new Error('broken');
    if (text === '.') events.push(FINISHED);
    else if (!text.startsWith('_')) events.push(words(text));
    if (text.endsWith(',')) return 'ending';
    return text === '.' ? 'finished' : 'more';
  },
  end(events) {
    events.push(FINISHED);
  },
};

describe('a streamed answer', () => {
  let clock: FakeClock;
  let body: PassThrough;
  let run: AbortController;
  let upstream: AbortSignal | undefined;
  let answer: StreamedAnswer;
  /** How often the upstream showed life without content. */
  let signs: number;
  const start = (opened: Promise<OpenedAnswer> = Promise.resolve({ body, reader })) => {
    const open = (signal: AbortSignal) => {
      upstream = signal;
      return opened;
    };
    const toChatError = (cause: unknown) => new ChatError('upstream-failed', { cause });
    return new StreamedAnswer({
      open,
      toChatError,
      onActivity: () => (signs += 1),
      signal: run.signal,
      clock,
    });
  };
  beforeEach(() => {
    clock = createFakeClock();
    body = new PassThrough();
    body.on('error', () => undefined);
    run = new AbortController();
    upstream = undefined;
    signs = 0;
    answer = start();
  });
  const next = async () => (await answer.next()).value;
  /** Writes a chunk and resolves when the answer has read it. */
  const write = (text: string) =>
    new Promise<void>((resolve) => {
      body.once('data', () => {
        resolve();
      });
      body.write(text);
    });

  it('tells when one read in 32 was made', async () => {
    await next();
    const timed: boolean[] = [];
    for (let read = 1; read <= 64; read += 1) {
      body.write('x');
      timed.push((await next())?.readAtMs !== undefined);
    }
    expect(timed.flatMap((isTimed, index) => (isTimed ? [index + 1] : []))).toEqual([32, 64]);
  });

  it('sends the request with the first pull', async () => {
    expect(upstream).toBeUndefined();
    expect(await next()).toEqual([{ type: 'response-started' }]);
    expect(upstream?.aborted).toBe(false);
  });

  it('gives what arrived since the last pull in one batch', async () => {
    await next();
    await write('a');
    await write('b');
    expect(await next()).toEqual([words('a'), words('b')]);
    const waiting = next();
    await write('c');
    expect(await waiting).toEqual([words('c')]);
  });

  it('pauses the body when 64 KiB wait, and resumes it with the next pull', async () => {
    await next();
    await write('x'.repeat(60_000));
    expect(body.isPaused()).toBe(false);
    await write('y'.repeat(60_000));
    expect(body.isPaused()).toBe(true);
    expect(await next()).toHaveLength(2);
    expect(body.isPaused()).toBe(false);
  });

  it('reads on while the caller waits for an event that is larger than that', async () => {
    await next();
    const waiting = next();
    for (const text of ['_'.repeat(60_000), '_'.repeat(60_000), 'a']) await write(text);
    expect([await waiting, body.isPaused()]).toEqual([[words('a')], false]);
  });

  it('takes what gives no event for a sign of life (G03)', async () => {
    await next();
    for (const text of ['a', '_', '_']) await write(text);
    expect(await next()).toEqual([words('a')]);
    expect(signs).toBe(2);
  });

  it('gives the events before a failure, then the failure, then the end', async () => {
    await next();
    await write('a');
    await write('!');
    expect(await next()).toEqual([words('a')]);
    await expect(next()).rejects.toMatchObject({ code: 'upstream-failed', cause: { message: 'broken' } });
    expect(await next()).toBeUndefined();
    expect([upstream?.aborted, body.destroyed]).toEqual([true, true]);
  });

  it('fails when the body breaks while the caller waits', async () => {
    await next();
    const waiting = next();
    body.destroy(new Error('other side closed'));
    await expect(waiting).rejects.toMatchObject({ cause: { message: 'other side closed' } });
  });

  it('drops what arrived before an abort, and closes the body at once', async () => {
    await next();
    await write('a');
    run.abort();
    expect([upstream?.aborted, body.destroyed]).toEqual([true, true]);
    expect(await next()).toBeUndefined();
  });

  it('ends a pending pull when it is aborted, before and after the headers', async () => {
    const opened = Promise.withResolvers<OpenedAnswer>();
    answer = start(opened.promise);
    const waiting = next();
    run.abort();
    expect(await waiting).toBeUndefined();
    opened.resolve({ body, reader });
    await opened.promise;
    expect(body.destroyed).toBe(true);
  });

  it('closes the body when the caller stops iterating', async () => {
    await next();
    await answer.return();
    expect([upstream?.aborted, body.destroyed, await next()]).toEqual([true, true, undefined]);
  });

  it('ends at once when the answer is complete, and lets the upstream end the body', async () => {
    await next();
    await write('.');
    expect(await next()).toEqual([FINISHED]);
    await answer.return();
    expect([upstream?.aborted, body.destroyed]).toEqual([false, false]);
    await write('more');
    body.end();
    await new Promise((resolve) => body.once('close', resolve));
    expect([clock.pending, await next()]).toEqual([0, undefined]);
  });

  it('closes the body when the upstream does not end it within a second', async () => {
    await next();
    await write('.');
    clock.advance(1_000);
    expect(body.destroyed).toBe(true);
    expect(await next()).toEqual([FINISHED]);
  });

  it.each<[string, () => unknown]>([
    [
      'silence',
      () =>
        Promise.resolve().then(() => {
          clock.advance(2_000);
        }),
    ],
    ['a reset', () => body.destroy(new Error('other side closed'))],
    ['garbage', () => write('!')],
    ['the end of the body', () => body.end()],
  ])('is complete when %s follows its finish reason (G17)', async (_what, follow) => {
    await next();
    await write('_,');
    const waiting = next();
    await follow();
    expect([await waiting, await next()]).toEqual([[FINISHED], undefined]);
  });

  it('waits for the usage after a finish reason, and longer while content follows (G17)', async () => {
    await next();
    for (const text of ['a,', 'b,', '_,']) {
      await write(text);
      clock.advance(1_500);
    }
    expect(await next()).toEqual([words('a,'), words('b,'), FINISHED]);
  });
});
