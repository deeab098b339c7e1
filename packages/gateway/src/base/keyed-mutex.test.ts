import { describe, expect, it } from 'vitest';
import { createKeyedMutex } from './keyed-mutex.ts';

describe('sections', () => {
  it('run one at a time under one key, in the order in which they were asked for', async () => {
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

  it('go on after one that failed, whose failure is its caller’s', async () => {
    const mutex = createKeyedMutex();
    const failed = mutex.run('a', () => Promise.reject(new Error('broken')));
    const next = mutex.run('a', async () => 'done');
    await expect(failed).rejects.toThrow('broken');
    await expect(next).resolves.toBe('done');
  });
});
