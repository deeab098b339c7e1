import { describe, expect, it } from 'vitest';
import { hrefOfPlace, isInView, laterOwner, placeOf, waitingFor, type Entry } from './desk-data.ts';

const PERSON = { id: 'p_ada', name: 'Ada' };
const entry = (id: string, owner: 'queue' | 'ada' | 'bob', waitingSinceMs?: number): Entry => ({
  ...{ id, siteId: 'shop', title: id, createdAtMs: 1, updatedAtMs: 1 },
  desk: {
    owner: {
      ...{ number: 1, sinceMs: 1 },
      ...(owner === 'queue'
        ? { kind: 'queue' }
        : { kind: 'person', person: { id: `p_${owner}`, name: owner } }),
    },
    ...{ status: 'open', isUnread: false },
    ...(waitingSinceMs === undefined ? {} : { waitingSinceMs }),
  },
});
const ALL = [entry('a', 'queue', 1), entry('b', 'ada', 2), entry('c', 'bob', 3), entry('d', 'ada')];
const ids = (entries: readonly Entry[]) => entries.map(({ id }) => id).join('');

describe('the inbox', () => {
  it('has those of the user, those of nobody, and all', () => {
    const of = (view: 'mine' | 'unassigned' | 'all') =>
      ids(ALL.filter((each) => isInView(each, view, PERSON.id)));
    expect([of('mine'), of('unassigned'), of('all')]).toEqual(['bd', 'a', 'abcd']);
  });

  it('counts those that wait for the user or for anybody, and not those that somebody else has', () => {
    expect(ids(waitingFor(ALL, PERSON.id))).toBe('ab');
    expect(ids(waitingFor(ALL, undefined))).toBe('a');
  });

  it('is at an address that says what is shown, and nothing that is usual', () => {
    expect(hrefOfPlace({ view: 'all', status: 'open', search: '' })).toBe('/admin/desk');
    const href = hrefOfPlace({ view: 'mine', status: 'snoozed', search: 'a table' }, 'c_a/b');
    expect(href).toBe('/admin/desk/c_a%2Fb?q=a+table&view=mine&status=snoozed');
    expect(placeOf(new URL(href, 'http://localhost').searchParams)).toEqual({
      view: 'mine',
      status: 'snoozed',
      search: 'a table',
    });
    expect(placeOf(new URLSearchParams('view=ours&status=lost'))).toEqual({
      ...{ view: 'all', status: 'open', search: '' },
    });
  });
});

it('the later one of two owners counts, wherever it was reported', () => {
  const owner = (number: number) => ({ kind: 'ai' as const, number, sinceMs: 1 });
  expect(laterOwner(owner(2), owner(1))?.number).toBe(2);
  expect(laterOwner(owner(2), owner(3))?.number).toBe(3);
  expect(laterOwner(undefined, owner(0))?.number).toBe(0);
});
