import { describe, expect, it } from 'vitest';
import { UpstreamError, upstreamError } from './upstream-error.ts';

const where = { host: 'api.example.com', model: 'm' };

describe('an upstream failure', () => {
  it('keeps codes that are not identifiers, and the error text, out of the log', () => {
    const error = new UpstreamError({
      ...where,
      status: 400,
      code: 'my prompt is',
      codes: ['<b>'],
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
    [{ codes: ['overloaded_error'] }, 'upstream-overloaded'],
    [{ code: 'rate_limit_exceeded' }, 'upstream-rate-limited'],
    [{ code: 'constructor' }, 'upstream-failed'],
    [{}, 'upstream-failed'],
  ])('takes %j for %s', (facts, code) => {
    expect(upstreamError({ ...where, ...facts }).code).toBe(code);
  });
});
