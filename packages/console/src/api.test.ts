import { describe, expect, it } from 'vitest';
import { pathOf, refusalText } from './api.ts';

describe('a refusal', () => {
  it.each([
    [0, {}, 'cannot be reached'],
    [401, { code: 'unauthenticated' }, 'no user with this token'],
    [429, { code: 'rate-limited', retryAfterMs: 41_200 }, 'again in 42 s'],
    [403, { message: 'Your role does not allow this.' }, 'role does not allow'],
    [403, { message: 'The console changes nothing for a page of another origin.' }, 'another address'],
    [404, { code: 'not-found' }, 'does not exist any more'],
    [409, { message: 'on hold' }, 'cannot be done now: on hold'],
    [500, { ref: 'abc' }, 'in its log under abc'],
    [400, { message: 'visitor: name the site, too.' }, 'refused: visitor: name the site'],
  ])('with status %d and %j says %j', (status, answer, text) => {
    expect(refusalText(status, answer)).toContain(text);
  });
});

it('a path has a query of what is set', () => {
  expect(pathOf('conversations', { text: 'a b', site: '', after: undefined })).toBe(
    '/admin/api/conversations?text=a+b',
  );
});
