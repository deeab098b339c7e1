import { ChatError, type ErrorBody } from '@rivulet/protocol';
import { afterEach, expect, test, vi } from 'vitest';
import { answer, userMessage } from '../testing/fake-chat.ts';
import { audit, mountOpen, unmountAll, type Mounted } from '../testing/mount.ts';

afterEach(() => {
  unmountAll();
  vi.restoreAllMocks();
});

function logged(): { lines: () => string[] } {
  const spy = vi.spyOn(console, 'error').mockReturnValue();
  return { lines: () => spy.mock.calls.map(([line]) => String(line)) };
}

function refuse({ chat }: Mounted, code: ErrorBody['code']): void {
  const error = new ChatError(code, { ref: 'k3v9' });
  chat.set({ status: 'offline', closedBecause: error.toBody() });
  chat.emit('error', { error });
}

test.each([
  [
    'origin-denied',
    'This chat is not available on this page yet.',
    `Add "${location.origin}" to sites[].origins of the site "demo"`,
  ],
  ['site-unknown', 'This chat is not available on this page yet.', 'The gateway has no site "demo"'],
  ['identity-required', 'Please sign in to use this chat.', `call rivulet('identify', token)`],
  ['unsupported', 'This page is out of date. Please reload it.', 'load rivulet.js from https://chat.test'],
] as const)(
  'a page refused as %s tells the visitor in words, and the developer in one line (W61)',
  async (code, words, advice) => {
    const mounted = await mountOpen();
    const { lines } = logged();
    refuse(mounted, code);
    await mounted.rendered();
    expect(mounted.find('.line').textContent.replaceAll(/\s+/g, ' ').trim()).toBe(`${words} Reference: k3v9`);
    expect(await audit(mounted.element)).toEqual([]);
    await expect.poll(() => lines().length).toBe(1);
    expect(lines()[0]).toContain(advice);
    expect(lines()[0]).toContain("(ref k3v9 in the gateway's log)");
  },
);

test('a chat that was never reached says so, and tries again when the visitor asks (W61)', async () => {
  const mounted = await mountOpen();
  const { lines } = logged();
  mounted.chat.set({ status: 'unreachable' });
  mounted.chat.emit('status', { status: 'unreachable' });
  await mounted.rendered();
  expect([mounted.find('.status').textContent, mounted.find('.line').textContent.trim()]).toEqual([
    'Not connected',
    expect.stringMatching(/^The chat cannot be reached\..*Try again$/s),
  ]);
  expect(await audit(mounted.element)).toEqual([]);
  mounted.find('.line button').click();
  expect(mounted.chat.calls).toEqual(['retryConnection']);
  await expect.poll(() => lines()[0]).toContain('Is the gateway running there?');
});

test('an upstream without access is told of in words, with the id of the log (W61)', async () => {
  const mounted = await mountOpen();
  const { lines } = logged();
  const error = { code: 'upstream-unconfigured', message: '', retry: 'new', ref: 'k3v9' } as const;
  mounted.chat.setMessages([
    userMessage('question', 'Why?'),
    answer('answer01', '', { reason: 'error', error }),
  ]);
  mounted.chat.emit('run-end', { runId: 'r_answer01' as never, reason: 'error', text: '', error });
  await mounted.rendered();
  expect(mounted.find('.end-text').textContent).toBe(
    'The assistant is not connected yet. Please come back later.',
  );
  expect(mounted.find('.end .ref').textContent).toBe('Reference: k3v9');
  await expect.poll(() => lines()[0]).toContain('The gateway has no access to its model');
});

test.each([
  ['', 'The chat is paused for now. Please come back later.'],
  ['Back at noon.', 'Back at noon.'],
])('a site that is switched off with the words %j can be read, and says so', async (message, words) => {
  const mounted = await mountOpen();
  mounted.chat.setMessages([
    userMessage('question', 'Hello'),
    answer('answer01', 'Good day.', { reason: 'stop' }),
  ]);
  mounted.chat.set({ closedBecause: { code: 'site-disabled', message, retry: 'new' } });
  await mounted.rendered();
  expect(mounted.find('.line').textContent.trim()).toBe(words);
  expect(mounted.find('textarea').hasAttribute('readonly')).toBe(true);
  expect(mounted.find('rivulet-transcript').textContent).toContain('Good day.');
  expect(await audit(mounted.element)).toEqual([]);
});
