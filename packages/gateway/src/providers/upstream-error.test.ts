import { describe, expect, it } from 'vitest';
import { UpstreamError, readRetryAfterMs, upstreamError } from './upstream-error.ts';

const where = { host: 'api.example.com', model: 'm' };
const NOW_MS = Date.parse('2026-01-01T00:00:00Z');

describe('an upstream failure', () => {
  it('keeps codes that are not identifiers, and the error text, out of the log', () => {
    const error = new UpstreamError({
      ...where,
      status: 400,
      code: 'my prompt is',
      type: '<b>',
      words: 'secret',
    });
    expect(`${error.message}${JSON.stringify(error)}${Object.keys(error).join()}`).not.toMatch(
      /prompt|<b>|secret|words/,
    );
    expect(error.words()).toBe('secret');
  });

  it('cuts the error text', () => {
    expect(new UpstreamError({ ...where, words: 'x'.repeat(9_999) }).words()).toHaveLength(2_000);
  });

  it.each([
    [{ status: 400, words: "This model's maximum context length is 8192 tokens" }, 'context-length'],
    [{ status: 422, words: 'the prompt is too long' }, 'context-length'],
    [{ status: 401, words: 'no context length here' }, 'upstream-unconfigured'],
    [{ status: 402 }, 'quota-exceeded'],
    [{ status: 413 }, 'context-length'],
    [{ status: 403, code: 'content_filter' }, 'content-blocked'],
    [{ code: '502' }, 'upstream-overloaded'],
    [{ type: 'overloaded_error' }, 'upstream-overloaded'],
    [{ code: 'rate_limit_exceeded' }, 'upstream-rate-limited'],
    [{ code: 'constructor' }, 'upstream-failed'],
    [{}, 'upstream-failed'],
  ])('takes %j for %s', (facts, code) => {
    expect(upstreamError({ ...where, ...facts }).code).toBe(code);
  });
});

describe('Retry-After', () => {
  it.each([
    [{ 'retry-after': '7' }, 7_000],
    [{ 'retry-after': '0.5' }, 500],
    [{ 'retry-after': 'Thu, 01 Jan 2026 00:00:30 GMT' }, 30_000],
    [{ 'retry-after': 'Wed, 31 Dec 2025 23:00:00 GMT' }, 0],
    [{ 'retry-after': '7', 'retry-after-ms': '1250' }, 1_250],
    [{ 'retry-after': 'soon' }, undefined],
    [{ 'retry-after': '-5' }, undefined],
    [{}, undefined],
  ])('%j is %s ms', (headers, expectedMs) => {
    expect(readRetryAfterMs(new Headers(headers as Record<string, string>), NOW_MS)).toBe(expectedMs);
  });
});
