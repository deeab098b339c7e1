import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { ErrorCode } from '@rivulet/protocol';
import type { UpstreamReason } from './upstream-error-classes.ts';
import { reasonOf, upstreamError, type UpstreamFacts } from './upstream-error.ts';

const where = { host: 'api.example.com', model: 'm' };

/** What the visitor is told for each reason. */
const CODES: Record<UpstreamReason, ErrorCode> = {
  'context-length': 'context-length',
  'content-blocked': 'content-blocked',
  'image-refused': 'upstream-failed',
  'tools-refused': 'upstream-unconfigured',
  'system-role-refused': 'upstream-unconfigured',
  'encrypted-reasoning-refused': 'upstream-unconfigured',
  'attachment-refused': 'upstream-failed',
  'rate-limited': 'upstream-rate-limited',
  quota: 'quota-exceeded',
  overloaded: 'upstream-overloaded',
  timeout: 'upstream-timeout',
  stalled: 'upstream-stalled',
  'bad-key': 'upstream-unconfigured',
  forbidden: 'upstream-unconfigured',
  'model-not-found': 'upstream-unconfigured',
  redirected: 'upstream-failed',
  unreachable: 'upstream-failed',
};

/** The lines below `[reason]`, each an upstream and its report. */
function reportsOf(reason: UpstreamReason): [string, UpstreamFacts][] {
  const file = readFileSync(new URL('../testing/upstream/error-reports.txt', import.meta.url), 'utf8');
  const section = file.split(`\n[${reason}]\n`)[1]?.split('\n\n')[0] ?? '';
  const lines = section.split('\n').filter((line) => line !== '');
  return lines.map((line) => {
    const [upstream = '', status, codes, words] = line.split(' | ').map((cell) => cell.trim());
    const facts = {
      ...(status === '-' ? {} : { status: Number(status) }),
      ...(codes === '-' ? {} : { codes: codes?.split(' ') }),
      ...(words === '-' ? {} : { words }),
    };
    return [upstream, { ...where, ...facts }];
  });
}

for (const reason of Object.keys(CODES) as UpstreamReason[])
  describe(`a report that means ${reason}`, () => {
    it.each(reportsOf(reason))('is recognised as written by %s (G14, G15)', (_upstream, facts) => {
      const error = upstreamError(facts);
      expect([reasonOf(error), error.code]).toEqual([reason, CODES[reason]]);
    });
  });

describe('a report that tells too little', () => {
  it.each<[string, Partial<UpstreamFacts>]>([
    ['a fault', { status: 500, words: 'Internal Server Error' }],
    ['an answer that is asked to be too long', { status: 400, words: 'max_tokens must be at most 4096' }],
    ['an unknown code', { status: 400, code: 'constructor' }],
    [
      'a setting',
      { status: 400, words: "Unsupported parameter: 'max_tokens' is not supported with this model." },
    ],
    [
      'the length of the answer',
      { status: 400, words: 'max_tokens is too large. This model supports at most 4096' },
    ],
    ['nothing at all', {}],
  ])('is upstream-failed without a reason: %s', (_case, facts) => {
    const error = upstreamError({ ...where, ...facts });
    expect([reasonOf(error), error.code]).toEqual([undefined, 'upstream-failed']);
  });
});
