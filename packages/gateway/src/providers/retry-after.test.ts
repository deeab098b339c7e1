import { describe, expect, it } from 'vitest';
import { readLimitResetMs, readRetryAfterMs } from './retry-after.ts';

const NOW_MS = Date.parse('2026-01-01T00:00:00Z');

describe('Retry-After', () => {
  it.each([
    [{ 'retry-after': '7' }, 7_000],
    [{ 'retry-after': '0.5' }, 500],
    [{ 'retry-after': 'Thu, 01 Jan 2026 00:00:30 GMT' }, 30_000],
    [{ 'retry-after': 'Wed, 31 Dec 2025 23:00:00 GMT' }, 0],
    [{ 'retry-after': '7', 'retry-after-ms': '1250' }, 1_250],
    [{ 'retry-after': '2026-01-01T00:00:05Z' }, 5_000],
    [{ 'retry-after': '1m30s' }, 90_000],
    [{ 'x-ms-retry-after-ms': '1500' }, 1_500],
    [{ 'retry-after': 'soon' }, undefined],
    [{ 'retry-after': '-5' }, undefined],
    [{}, undefined],
  ])('%j is %s ms (G14)', (headers, expectedMs) => {
    expect(readRetryAfterMs(new Headers(headers as Record<string, string>), NOW_MS)).toBe(expectedMs);
  });
});

describe('the limits that upstreams report with every response', () => {
  it.each([
    [{ 'x-ratelimit-reset-requests': '1s', 'x-ratelimit-reset-tokens': '6m0s' }, 1_000],
    [{ 'x-ratelimit-reset-tokens': '6m0s', 'x-ratelimit-remaining-tokens': '0' }, 360_000],
    [
      {
        ...{ 'x-ratelimit-reset-requests': '2ms', 'x-ratelimit-remaining-requests': '9' },
        ...{ 'x-ratelimit-reset-tokens': '7.66s', 'x-ratelimit-remaining-tokens': '0' },
      },
      7_660,
    ],
    [{ 'anthropic-ratelimit-tokens-reset': '2026-01-01T00:00:08Z' }, 8_000],
    [{ 'x-ratelimit-reset': String(NOW_MS / 1000 + 3) }, 3_000],
    [{ 'x-ratelimit-reset': String(NOW_MS + 3_000) }, 3_000],
    [{ 'ratelimit-reset': '4' }, 4_000],
    [{ 'x-ratelimit-limit-requests': '60' }, undefined],
    [{ 'x-ratelimit-reset-tokens': 'soon' }, undefined],
  ])('%j are a wait of %s ms', (headers, expectedMs) => {
    expect(readLimitResetMs(new Headers(headers as Record<string, string>), NOW_MS)).toBe(expectedMs);
  });
});
