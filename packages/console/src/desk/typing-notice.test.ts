import { expect, it } from 'vitest';
import { TypingNotice } from './typing-notice.ts';

it('is told at first, again while the text changes, and ended with an empty field', () => {
  const told: [number, boolean][] = [];
  let nowMs = 0;
  const notice = new TypingNotice({
    send: (isTyping) => {
      told.push([nowMs, isTyping]);
      return Promise.reject(new Error('offline'));
    },
    now: () => nowMs,
  });
  notice.typed('  ');
  for (nowMs = 1_000; nowMs <= 6_000; nowMs += 1_000) notice.typed('Hello');
  notice.typed('');
  notice.stop();
  expect(told).toEqual([
    [1_000, true],
    [5_000, true],
    [7_000, false],
  ]);
});

it('is not ended by itself after a message, which ends it for every viewer', () => {
  const told: boolean[] = [];
  const notice = new TypingNotice({
    send: (isTyping) => Promise.resolve(told.push(isTyping)),
    now: () => 0,
  });
  notice.typed('Hello');
  notice.forget();
  notice.stop();
  expect(told).toEqual([true]);
});
