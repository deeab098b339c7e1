import { describe, expect, it, vi } from 'vitest';
import { describeModerator, type ModeratorFixture } from '../testing/contracts/moderator-contract.ts';
import { createFakeClock } from '../testing/fake-clock.ts';
import { createModerator, type CheckText } from './check-function.ts';

const BLOCKED = 'forbidden';
/** Promises settle between the steps of the clock. */
const settle = async (clock: ReturnType<typeof createFakeClock>) => {
  for (let step = 0; step < 30; step += 1) {
    await new Promise(setImmediate);
    clock.advance(500);
  }
};
const fixtureOf = (check: CheckText): ModeratorFixture => {
  const clock = createFakeClock();
  return {
    moderator: createModerator({ name: 'mine', check, clock }),
    blocked: BLOCKED,
    settle: () => settle(clock),
    dispose: () => {
      expect(clock.pending).toBe(0);
      return Promise.resolve();
    },
  };
};
const finds: CheckText = (text) => ({ isBlocked: text.includes(BLOCKED) });

const failing = {
  'a check that throws': () =>
    fixtureOf(() => {
      throw new Error('broken');
    }),
  'a check that rejects': () => fixtureOf(() => Promise.reject(new Error('broken'))),
  'a check that never answers': () => fixtureOf(() => new Promise(() => undefined)),
  // A caller without types may return anything.
  'a check that answers nonsense': () => fixtureOf((() => 'fine') as unknown as CheckText),
  'a check that answers nothing': () => fixtureOf((() => undefined) as unknown as CheckText),
};
describeModerator('a function', () => fixtureOf(finds), failing);
describeModerator('a slow function', () =>
  fixtureOf(async (text, subject, signal) => {
    await new Promise(setImmediate);
    return finds(text, subject, signal);
  }),
);

describe('the window of a function', () => {
  const open = (check: CheckText = () => ({ isBlocked: false })) => {
    const clock = createFakeClock();
    const [checked, passed] = [vi.fn(check), vi.fn()];
    const moderator = createModerator({
      name: 'mine',
      check: checked,
      clock,
      window: { maxChars: 40, maxMs: 200 },
    });
    const listener = { passed, blocked: vi.fn(), failed: vi.fn() };
    const text = moderator.open({ kind: 'answer', siteId: 'demo' }, listener, new AbortController().signal);
    const asked = async () => {
      await new Promise(setImmediate);
      return checked.mock.calls.map(([given]) => given);
    };
    return { clock, text, asked, passed };
  };

  it('is checked when it is full', async () => {
    const { text, asked } = open();
    text.push('x'.repeat(39));
    expect(await asked()).toEqual([]);
    text.push('y');
    expect(await asked()).toEqual([`${'x'.repeat(39)}y`]);
  });

  it('is checked at the end of a sentence', async () => {
    const { text, asked } = open();
    text.push('Hello there. ');
    expect(await asked()).toEqual(['Hello there. ']);
  });

  it('is checked when its first character was held back for maxMs', async () => {
    const { text, asked, clock, passed } = open();
    text.push('Hel');
    clock.advance(199);
    expect(await asked()).toEqual([]);
    clock.advance(1);
    expect(await asked()).toEqual(['Hel']);
    expect(passed).toHaveBeenCalledWith(3);
  });

  it('is judged with what was shown before it', async () => {
    const { text, asked, clock } = open();
    text.push('Hel');
    clock.advance(200);
    await asked();
    text.push('lo');
    text.end();
    expect(await asked()).toEqual(['Hel', 'Hello']);
  });

  it('waits for the check before it: one is under way at a time', async () => {
    let answer: () => void = () => undefined;
    const answered = new Promise<void>((resolve) => (answer = resolve));
    const { text, asked } = open(() => answered.then(() => ({ isBlocked: false })));
    text.push('x'.repeat(40));
    text.push('y'.repeat(40));
    expect(await asked()).toHaveLength(1);
    answer();
    await asked();
    expect(await asked()).toEqual(['x'.repeat(40), `${'x'.repeat(40)}${'y'.repeat(40)}`]);
  });
});
