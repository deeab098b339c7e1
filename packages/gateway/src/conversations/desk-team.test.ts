import { describe, expect, it } from 'vitest';
import { createFakeClock } from '../testing/fake-clock.ts';
import { accepted } from '../testing/samples.ts';
import { createMemoryStore } from '../stores/memory.ts';
import { NO_DESK } from '../stores/desk-store.ts';
import { availabilityOf, createDeskTeam } from './desk-team.ts';

const MINUTE_MS = 60_000;
const OPEN = { id: 'site', desk: {} };

function open() {
  const clock = createFakeClock();
  const store = createMemoryStore();
  const team = createDeskTeam({ store, clock });
  const arrive = (id: string, sites: string[] | null = null) =>
    team.touch({ id, name: id, userName: id, sites }, true);
  /** Gives the person open conversations. */
  const load = async (id: string, count: number) => {
    for (let given = 0; given < count; given += 1) {
      const { conversationId } = await accepted(store);
      const owner = { kind: 'person', number: 1, sinceMs: 1, person: { id, name: id } } as const;
      await store.desk.change({ conversationId, next: { ...NO_DESK, revision: 1, owner }, nowMs: 1 });
    }
  };
  return { clock, store, team, arrive, load };
}

describe('whether a person is there', () => {
  it.each([
    ['auto', 0, 0, 'online'],
    ['auto', 0, 11, 'away'],
    ['online', 0, 11, 'online'],
    ['away', 0, 0, 'away'],
    ['offline', 0, 0, 'offline'],
    ['online', 2, 2, 'offline'],
    ['away', 2, 2, 'offline'],
  ] as const)('chosen %s, seen %i and active %i minutes ago: %s', (choice, seen, active, expected) => {
    const nowMs = 100 * MINUTE_MS;
    const member = { choice, seenMs: nowMs - seen * MINUTE_MS, activeMs: nowMs - active * MINUTE_MS };
    expect(availabilityOf(member, nowMs)).toBe(expected);
  });
});

describe('who is there for a conversation', () => {
  it('is nobody when everybody has gone, is away, or is of another site', async () => {
    const { team, arrive, clock } = open();
    expect(await team.staff(OPEN)).toEqual({ isAway: true });
    await arrive('ada', ['blog']);
    expect(await team.staff(OPEN)).toEqual({ isAway: true });
    await arrive('bob', ['site']);
    expect(await team.staff(OPEN)).toEqual({ isAway: false });
    await team.choose('bob', 'away');
    expect(await team.staff(OPEN)).toEqual({ isAway: true });
    await team.choose('bob', 'auto');
    clock.advance(2 * MINUTE_MS);
    expect(await team.staff(OPEN)).toEqual({ isAway: true });
  });

  it('is nobody outside the hours', async () => {
    const { team, arrive } = open();
    await arrive('ada');
    const desk = { hours: { timeZone: 'UTC' } };
    expect(await team.staff({ id: 'site', desk })).toEqual({ isAway: true });
  });

  it('in turn: whoever was given none for the longest time, within their capacity', async () => {
    const { team, arrive, load, clock } = open();
    const site = { id: 'site', desk: { assign: 'round-robin', capacity: 2 } } as const;
    for (const id of ['ada', 'bob', 'cy']) await arrive(id);
    await load('bob', 2);
    const given: (string | undefined)[] = [];
    for (let turn = 0; turn < 4; turn += 1) {
      given.push((await team.staff(site)).person?.id);
      clock.advance(1);
    }
    expect(given).toEqual(['ada', 'cy', 'ada', 'cy']);
  });

  it('by load: whoever has the fewest open ones; with all of them full it waits', async () => {
    const { team, arrive, load } = open();
    const site = { id: 'site', desk: { assign: 'least-loaded', capacity: 3 } } as const;
    for (const id of ['ada', 'bob']) await arrive(id);
    await load('ada', 2);
    expect((await team.staff(site)).person?.id).toBe('bob');
    await load('bob', 3);
    expect((await team.staff(site)).person?.id).toBe('ada');
    await load('ada', 1);
    expect(await team.staff(site)).toEqual({ isAway: false });
  });
});
