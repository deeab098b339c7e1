import { describe, expect, it } from 'vitest';
import { deskHrefOf, hrefOf, routeOf } from './router.ts';

const at = (path: string) => routeOf(new URL(path, 'http://localhost'));

describe('an address of the console', () => {
  it.each([
    ['/admin', 'conversations'],
    ['/admin/', 'conversations'],
    ['/admin/conversations?text=a', 'conversations'],
    ['/admin/overview?span=hour', 'overview'],
    ['/admin/desk?view=mine', 'desk'],
    ['/admin/audit', 'audit'],
    ['/admin/sessions', 'sessions'],
    ['/admin/sessions/7', 'unknown'],
    ['/admin/conversations/a/b', 'unknown'],
    ['/admin/anything', 'unknown'],
  ])('%s is the page %s', (path, page) => {
    expect(at(path).page).toBe(page);
  });

  it('names a conversation, also by an id that must be encoded', () => {
    expect(at(hrefOf('c_a/b'))).toEqual({ page: 'conversation', id: 'c_a/b' });
    expect(at(deskHrefOf('c_a/b'))).toMatchObject({ page: 'desk', id: 'c_a/b' });
    expect(at('/admin/conversations/%E0%A4%A')).toEqual({ page: 'conversation', id: '%E0%A4%A' });
  });
});
