import { describe, expect, it } from 'vitest';
import { createFakeClock } from '../testing/fake-clock.ts';
import { createRecentValues } from './recent-values.ts';

const create = () => {
  const clock = createFakeClock();
  return { clock, recent: createRecentValues<string>({ clock, keptMs: 10_000, maxValues: 3 }) };
};

describe('recent values', () => {
  it('are dropped between one and two times their time after the last use, and then set no timer', () => {
    const { clock, recent } = create();
    recent.keep('a', 'A');
    clock.advance(5_000);
    recent.keep('b', 'B');
    clock.advance(5_000);
    expect([recent.find('a'), recent.find('b')]).toEqual([undefined, 'B']);
    clock.advance(10_000);
    expect([recent.find('b'), clock.pending]).toEqual([undefined, 0]);
  });

  it('have more time when they are used, and not when they are only found', () => {
    const { clock, recent } = create();
    recent.keep('used', 'U');
    recent.keep('found', 'F');
    clock.advance(5_000);
    expect([recent.use('used'), recent.find('found')]).toEqual(['U', 'F']);
    clock.advance(5_000);
    expect([recent.find('used'), recent.find('found')]).toEqual(['U', undefined]);
  });

  it('are as many as they may be: the least recently used one is dropped', () => {
    const { recent } = create();
    for (const key of ['a', 'b', 'c']) recent.keep(key, key);
    recent.use('a');
    recent.keep('d', 'd');
    expect(['a', 'b', 'c', 'd'].map((key) => recent.find(key))).toEqual(['a', undefined, 'c', 'd']);
  });

  it('are gone when they are taken or cleared', () => {
    const { clock, recent } = create();
    recent.keep('a', 'A');
    recent.keep('b', 'B');
    expect([recent.take('a'), recent.take('a'), recent.find('b')]).toEqual(['A', undefined, 'B']);
    recent.clear();
    expect([recent.find('b'), clock.pending]).toEqual([undefined, 0]);
  });
});
