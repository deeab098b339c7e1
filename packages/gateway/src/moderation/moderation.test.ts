import { getEventListeners } from 'node:events';
import { pino } from 'pino';
import { expect, it, vi } from 'vitest';
import { createFakeClock } from '../testing/fake-clock.ts';
import { createModeration } from './moderation.ts';
import type { Moderator } from './moderator.ts';

const open = () => {
  const signals: AbortSignal[] = [];
  const moderator: Moderator = {
    name: 'mine',
    open: (_subject, { passed }, signal) => {
      signals.push(signal);
      let chars = 0;
      return {
        push: (piece) => void (chars += piece.length),
        end: () => {
          passed(chars);
        },
      };
    },
  };
  const metrics = { moderation: { inc: vi.fn() } };
  const moderation = createModeration({
    moderation: { by: [moderator] },
    logger: pino({ level: 'silent' }),
    metrics: metrics as never,
    clock: createFakeClock(),
  });
  return { active: moderation.of({ id: 'demo' }), signals };
};

it('keeps nothing of a text that was checked', async () => {
  const { active, signals } = open();
  await active?.check('question', 'Hello');
  await active?.check('title', 'Hello');
  const { signal } = new AbortController();
  await active?.check('question', 'Hello', signal);
  expect(new Set(signals).size).toBe(3);
  // A listener goes in a microtask after the check.
  await Promise.resolve();
  expect(signals.flatMap((one) => getEventListeners(one, 'abort'))).toEqual([]);
});
