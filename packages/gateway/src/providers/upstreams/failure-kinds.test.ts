import { ChatError, type ErrorCode } from '@rivulet/protocol';
import { describe, expect, it } from 'vitest';
import { upstreamError } from '../upstream-error.ts';
import { isFaultOfUpstream, kindOfFailure } from './failure-kinds.ts';
import { retryWaitMs } from './retry-wait.ts';

const reported = (facts: object) => upstreamError({ host: 'h', model: 'm', ...facts });

describe('what may be done about a failure', () => {
  it.each([
    ['passing', { status: 429 }],
    ['passing', { status: 408 }],
    ['passing', { status: 409 }],
    ['passing', { status: 500 }],
    ['passing', { status: 503 }],
    ['passing', { code: 'ECONNRESET', what: 'broke its answer' }],
    ['passing', { code: 'ECONNREFUSED' }],
    ['upstream', { status: 401 }],
    ['upstream', { status: 402 }],
    ['upstream', { status: 403 }],
    ['upstream', { status: 404 }],
    ['upstream', { status: 429, code: 'insufficient_quota' }],
    ['upstream', { status: 400 }],
    ['upstream', { status: 400, words: 'this model does not support tools' }],
    ['request', { status: 400, code: 'context_length_exceeded' }],
    ['request', { status: 400, code: 'content_filter' }],
    ['request', { status: 400, words: 'this model does not support image input' }],
  ])('is %s after a report of %j', (kind, facts) => {
    expect(kindOfFailure(reported(facts), false)).toBe(kind);
  });

  it.each<[string, ErrorCode]>([
    ['passing', 'upstream-timeout'],
    ['passing', 'upstream-truncated'],
    ['upstream', 'upstream-unconfigured'],
    ['upstream', 'internal'],
    ['request', 'content-blocked'],
    ['request', 'upstream-empty'],
  ])('is %s after %s without a report', (kind, code) => {
    expect(kindOfFailure(new ChatError(code), false)).toBe(kind);
  });

  it('leaves an unexplained refusal of a request with files to the run, which repeats it without them', () => {
    expect(kindOfFailure(reported({ status: 400 }), true)).toBe('request');
  });

  it('counts what the operator has to mend as a fault of the upstream, and refused requests not', () => {
    const areFaults = [{ status: 500 }, { status: 401 }, { status: 402 }, { status: 400 }, { status: 413 }];
    expect(areFaults.map((facts) => isFaultOfUpstream(reported(facts)))).toEqual([
      true,
      true,
      true,
      false,
      false,
    ]);
    expect(isFaultOfUpstream(reported({ status: 400, words: 'model does not support tools' }))).toBe(false);
  });
});

describe('the wait before a retry', () => {
  const bytes = (value: number) => (length: number) => new Uint8Array(length).fill(value);

  it('doubles, and is a random part between a half and the whole', () => {
    const waits = [1, 2].map((retry) =>
      [bytes(0), bytes(255)].map((random) => retryWaitMs({ retry, saidMs: undefined }, random)),
    );
    expect(waits).toEqual([
      [250, 500],
      [500, 1_000],
    ]);
  });

  it('is never shorter than the upstream says, and spread over a tenth more', () => {
    const waits = [bytes(0), bytes(255)].map((random) => retryWaitMs({ retry: 1, saidMs: 3_000 }, random));
    expect(waits).toEqual([3_000, 3_300]);
  });
});
