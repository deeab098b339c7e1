import { describe, expect, it } from 'vitest';
import { createFakeClock } from '../testing/fake-clock.ts';
import { createApiKeys, type RefusedKey } from './api-keys.ts';

const limited = { status: 429, retryAfterMs: undefined, words: '' };

describe('several API keys', () => {
  it('are used in turn, each request beginning with the next one', () => {
    const keys = createApiKeys(['a', 'b', 'c'], { clock: createFakeClock() });
    expect([keys.turn(), keys.turn(), keys.turn(), keys.turn()].map(([first]) => first)).toEqual([
      0, 1, 2, 0,
    ]);
    expect(keys.at(1)).toBe('b');
  });

  it('rest after a refusal: as long as the upstream says, and until then the others are used', () => {
    const clock = createFakeClock();
    const keys = createApiKeys(['a', 'b'], { clock });
    expect(keys.isRefused(0, { ...limited, retryAfterMs: 9_000 })).toBe(true);
    expect([keys.turn(), keys.turn()]).toEqual([[1], [1]]);
    clock.advance(9_000);
    expect(keys.turn()).toHaveLength(2);
  });

  it('are still tried when all rest, the one first whose rest ends first', () => {
    const keys = createApiKeys(['a', 'b'], { clock: createFakeClock() });
    keys.isRefused(0, { ...limited, status: 401 });
    keys.isRefused(1, limited);
    expect([keys.turn(), keys.turn()]).toEqual([[1], [1]]);
  });

  it.each([
    [401, '', true],
    [402, '', true],
    [400, 'API key not valid. Please pass a valid API key.', true],
    [403, 'Your API_KEY may not do this', true],
    [400, 'too many tokens', false],
    [403, 'flagged', false],
    [500, 'api key', false],
    [undefined, '', false],
  ])('treat status %s with the words %j as a refusal of the key: %s', (status, words, isRefused) => {
    const keys = createApiKeys(['a', 'b'], { clock: createFakeClock() });
    expect(keys.isRefused(0, { status, words, retryAfterMs: undefined })).toBe(isRefused);
  });

  it('report a refusal by the place of the key, and nothing when there is only one', () => {
    const seen: RefusedKey[] = [];
    const options = { clock: createFakeClock(), onRefused: (refused: RefusedKey) => seen.push(refused) };
    createApiKeys(['sk-secret'], options).isRefused(0, limited);
    createApiKeys(['sk-1', 'sk-2'], options).isRefused(1, limited);
    expect(seen).toEqual([{ number: 2, of: 2, status: 429, restMs: 30_000 }]);
  });

  it('are at least one', () => {
    expect(() => createApiKeys([], { clock: createFakeClock() })).toThrow(/at least one API key/);
  });
});
