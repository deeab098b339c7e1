import { describe, expect, it } from 'vitest';
import { createKeyedMutex } from './keyed-mutex.ts';

describe('a keyed mutex', () => {
  it('runs work of the same key one at a time, in the order of the calls', async () => {
    const mutex = createKeyedMutex();
    const seen: string[] = [];
    const gate = Promise.withResolvers<undefined>();
    const first = mutex.run('a', () => gate.promise);
    const second = mutex.run('a', async () => void seen.push('second'));
    await mutex.run('b', async () => void seen.push('other key'));
    gate.resolve(undefined);
    await Promise.all([first, second]);
    expect(seen).toEqual(['other key', 'second']);
  });

  it('continues after work that failed, and rejects only the call that failed', async () => {
    const mutex = createKeyedMutex();
    const failed = mutex.run('a', () => Promise.reject(new Error('broken')));
    const next = mutex.run('a', async () => 'done');
    await expect(failed).rejects.toThrow('broken');
    await expect(next).resolves.toBe('done');
  });

  it('is settled once all earlier work has ended, and later work does not wait for that', async () => {
    const mutex = createKeyedMutex();
    const [earlier, later] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
    const failed = mutex.run('a', () => earlier.promise);
    const settled = mutex.settled('a');
    const last = mutex.run('a', () => later.promise);
    earlier.reject(new Error('broken'));
    await expect(failed).rejects.toThrow('broken');
    await settled;
    later.resolve(undefined);
    await last;
    await mutex.settled('never used');
  });
});
