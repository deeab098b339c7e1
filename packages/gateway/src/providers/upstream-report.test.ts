import { describe, expect, it } from 'vitest';
import { isReport, readReport } from './upstream-report.ts';

const NOW_MS = Date.parse('2026-01-01T00:00:00Z');
const read = (report: unknown) => readReport(report, NOW_MS);

describe('the report of a failed upstream', () => {
  it('is read to a bounded length, however long its text or its page is', () => {
    const long = 'x'.repeat(1_000_000);
    expect(read({ error: { message: `quota ${long}` } }).words).toHaveLength(65_536);
    expect(read(`<html><title>502 Bad Gateway</title>${'<script'.repeat(200_000)}`).words).toBe(
      '502 Bad Gateway',
    );
    expect(read(`<html>${long}<title>late</title>`).words).not.toContain('late');
  });

  it.each<[string, unknown, string[], string]>([
    ['an error object', { error: { message: 'no', type: 't', code: 'c' } }, ['c', 't'], 'no'],
    ['an error without a wrapper', { object: 'error', message: 'no', code: 400 }, ['400'], 'no'],
    ['an error text', { error: 'no' }, [], 'no'],
    ['an error text with a sentence as its code', { code: 'Bad call', error: 'no' }, [], 'Bad call; no'],
    ['an error within an error', { error: { error: { message: 'no', code: 'c' } } }, ['c'], 'no'],
    ['a list with an error', [{ error: { code: 429, message: 'no', status: 'S' } }], ['S', '429'], 'no'],
    ['a list of errors', { errors: [{ message: 'no', code: 5007 }], success: false }, ['5007'], 'no'],
    ['a detail', { detail: 'no' }, [], 'no'],
    ['a list of details', { detail: [{ msg: 'no', type: 'missing' }] }, ['missing'], 'no'],
    ['a problem document', { status: 404, title: 'Not Found', detail: 'no' }, ['404'], 'no; Not Found'],
    ['the status of MiniMax', { base_resp: { status_code: 1004, status_msg: 'no' } }, ['1004'], 'no'],
    [
      'JSON as text in a message',
      { error: { message: '{"error":{"message":"no","code":"c"}}' } },
      ['c'],
      'no',
    ],
    [
      'the report of the service behind OpenRouter',
      {
        error: { message: 'Provider', code: 400, metadata: { raw: '{"error":{"code":"c","message":"no"}}' } },
      },
      ['c', '400'],
      'Provider; no',
    ],
    [
      'the inner error of Azure',
      { error: { code: 'c', message: 'no', innererror: { code: 'i' } } },
      ['c', 'i'],
      'no',
    ],
    ['the body as text', '{"error":{"message":"no","code":"c"}}', ['c'], 'no'],
    ['the body of an old llama.cpp', 'error: {"message":"no","code":500}', ['500'], 'no'],
    [
      'a body of events',
      'event: error\ndata: {"message":"no","code":500}\n\ndata: [DONE]\n\n',
      ['500'],
      'no',
    ],
    [
      'a text that is a code',
      { error: 'not_allowed', error_description: 'no' },
      ['not_allowed'],
      'no; not_allowed',
    ],
    [
      'a choice',
      { choices: [{ error: { code: 502, message: 'no' }, message: { content: 'x' } }] },
      ['502'],
      'no',
    ],
    ['a web page', '<html><head><title>502 Bad\nGateway</title></head></html>', [], '502 Bad Gateway'],
    ['a web page without a title', '<h1>Sorry</h1><script>x()</script>', [], 'Sorry'],
    ['plain text', 'no healthy upstream\n', [], 'no healthy upstream'],
    ['text that begins like JSON', '{oops', [], '{oops'],
  ])('is read from %s (G14, G15, G22)', (_shape, report, codes, words) => {
    expect(read(report)).toMatchObject({ codes, words });
  });

  it('has the id of the request that some put into the body', () => {
    expect(read({ type: 'error', error: { message: 'no' }, request_id: 'req_1' }).requestId).toBe('req_1');
  });

  it.each<[string, unknown, number | undefined]>([
    ["Google's details", { error: { details: [{ violations: [] }, { retryDelay: '34.07s' }] } }, 34_070],
    ['a number of seconds', { error: { retry_after: 2.5 } }, 2_500],
    [
      'the time in the copied headers',
      { error: { metadata: { headers: { 'X-RateLimit-Reset': String(NOW_MS + 9) } } } },
      9,
    ],
    ['the text of OpenAI', { error: { message: 'Please try again in 1m2.5s. Visit' } }, 62_500],
    ['the text of Groq', { error: { message: 'Please try again in 20ms.' } }, 20],
    ['the text of Azure', { error: { message: 'Please retry after 26 seconds.' } }, 26_000],
    ['no delay', { error: { message: 'Please try again later' } }, undefined],
  ])('has the delay of %s (G14)', (_case, report, retryAfterMs) => {
    expect(read(report).retryAfterMs).toBe(retryAfterMs);
  });

  it('is bounded, however deep or long it is', () => {
    let deep: unknown = 'no';
    for (let depth = 0; depth < 10_000; depth += 1) deep = { error: deep };
    expect(read(deep).words).toBeUndefined();
    const long = { errors: Array.from({ length: 10_000 }, (_, index) => `no ${index}`) };
    expect(read(long).words?.length).toBeLessThan(2_000);
  });
});

describe('a value in place of an answer', () => {
  it.each([
    [{ error: { message: 'no' } }],
    [{ error: 'no' }],
    [{ error: {}, object: 'error', message: 'no' }],
    [{ type: 'error', error: null }],
    [{ detail: 'Not Found' }],
    [{ message: 'no', code: 400 }],
    [{ msg: 'no', code: '500', data: null }],
    [{ error_msg: 'no', error_code: 336_103 }],
    [{ success: false, errors: [] }],
    [{ base_resp: { status_code: 1004 }, choices: null }],
    [{ choices: [{ delta: {}, finish_reason: 'error' }], error: { code: 502 } }],
    [[{ error: { code: 400 } }]],
    [{ choices: [{ error: { code: 502 }, finish_reason: 'error' }] }],
  ])('is a report: %j (G22)', (value) => {
    expect(isReport(value)).toBe(true);
  });

  it.each([
    [{ choices: [{ delta: { content: 'Hi' } }], error: null }],
    [{ choices: [{ delta: { content: 'Hi' } }], error: {} }],
    [{ choices: [{ delta: {} }], message: 'x', code: 5, detail: 'y' }],
    [{ choices: [], usage: { prompt_tokens: 1 }, base_resp: { status_code: 0, status_msg: '' } }],
    [{ choices: [], prompt_filter_results: [{ prompt_index: 0 }] }],
    [{ type: 'ping', message: '' }],
    [{ code: 0, msg: 'ok', status: 'processing' }],
    [{}],
    [[]],
    [null],
    ['no'],
  ])('is none: %j (G22)', (value) => {
    expect(isReport(value)).toBe(false);
  });
});
