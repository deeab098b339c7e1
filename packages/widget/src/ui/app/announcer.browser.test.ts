import { afterEach, expect, test } from 'vitest';
import { answer } from '../testing/fake-chat.ts';
import { mountOpen, unmountAll } from '../testing/mount.ts';

afterEach(unmountAll);

const spoken = (urgency: string) =>
  document.querySelector(`[data-rivulet][aria-live="${urgency}"]`)?.textContent;
const RUN = { runId: 'r_12345678' as never, messageId: 'm_12345678' as never };

test('the start and the end of an answer are announced once each, deltas never, and the region is emptied afterwards', async () => {
  const { chat, clock, rendered } = await mountOpen();
  chat.emit('run-start', RUN);
  expect(spoken('polite')).toBe('');
  clock.advance(250);
  expect(spoken('polite')).toBe('The assistant is answering.');
  chat.setMessages([answer('answer01', 'A **word**')]);
  await rendered();
  clock.advance(1000);
  expect(spoken('polite')).toBe('');
  chat.emit('run-end', { runId: RUN.runId, reason: 'stop', text: 'A **word**' });
  clock.advance(250);
  expect(spoken('polite')).toContain('A word');
});

test('announcements in quick succession are joined into one', async () => {
  const { chat, clock } = await mountOpen();
  chat.emit('run-start', RUN);
  clock.advance(100);
  chat.emit('run-end', { runId: RUN.runId, reason: 'aborted', text: '' });
  clock.advance(250);
  expect(spoken('polite')).toBe('The assistant is answering. The answer was stopped.');
});

test('nothing is announced while the panel is closed', async () => {
  const { chat, clock, element } = await mountOpen();
  element.close();
  chat.emit('run-start', RUN);
  clock.advance(250);
  expect(spoken('polite')).toBeUndefined();
});

test('a failed answer is announced assertively with the text that is shown below it', async () => {
  const { chat, clock } = await mountOpen();
  const error = { code: 'upstream-failed', message: 'for developers', retry: 'no', ref: '1' } as const;
  chat.emit('run-end', { runId: RUN.runId, reason: 'error', text: 'Half', error });
  clock.advance(250);
  expect(spoken('assertive')).toMatch(/^The assistant cannot be reached/);
  chat.emit('run-end', { runId: RUN.runId, reason: 'interrupted', text: 'Half' });
  clock.advance(250);
  expect(spoken('assertive')).toBe('The answer was interrupted. Please try again.');
});
