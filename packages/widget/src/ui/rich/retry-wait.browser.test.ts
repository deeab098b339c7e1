import type { ErrorBody, MessageId } from '@rivulet/protocol';
import { afterEach, expect, test } from 'vitest';
import type { PendingMessage } from '../../client/chat.ts';
import { audit, mountOpen, unmountAll, type Mounted } from '../testing/mount.ts';
import { announced } from '../testing/rich-scenes.ts';

afterEach(unmountAll);

const error: ErrorBody = { code: 'rate-limited', retry: 'after', message: '', retryAfterMs: 34_000 };
const refused = (id: string, waitMs: number): PendingMessage => ({
  messageId: `m_${id}` as MessageId,
  parts: [{ type: 'text', text: 'Is it open on Sunday?' }],
  createdAtMs: 0,
  state: 'waiting',
  error,
  retryAtMs: Date.now() + waitMs,
});
async function mountWith(pending: PendingMessage): Promise<Mounted> {
  const mounted = await mountOpen();
  mounted.chat.set({ pending: [pending] });
  await expect.poll(() => mounted.has('rivulet-wait .pending')).toBe(true);
  return mounted;
}

test('a message that was refused for a while is kept and counts down, without speaking each second', async () => {
  const mounted = await mountWith(refused('countdown1', 34_000));
  const words = () => mounted.find('rivulet-wait').textContent.trim();
  expect(words()).toBe('That was a lot at once. Your message is kept and will be sent in 34 seconds.');
  expect(mounted.find('rivulet-wait .pending').getAttribute('role')).toBe('timer');
  expect(mounted.find('rivulet-transcript').textContent).toContain('Is it open on Sunday?');
  await expect.poll(words).toContain('33 seconds');
  expect(await audit(mounted.element)).toEqual([]);
});

test('its wait is announced once, also when it is refused again', async () => {
  const mounted = await mountWith(refused('announced1', 34_000));
  expect(announced(mounted)).toContain('will be sent in 34 seconds');
  mounted.clock.advance(5_000);
  mounted.chat.set({ pending: [] });
  await mounted.rendered();
  mounted.chat.set({ pending: [refused('announced1', 20_000)] });
  await expect.poll(() => mounted.find('rivulet-transcript').textContent).toContain('20 seconds');
  expect(announced(mounted)).toBe('');
});

test('a long wait is told in minutes', async () => {
  const mounted = await mountWith(refused('minutes001', 570_000));
  expect(mounted.find('rivulet-wait').textContent).toContain('will be sent in 10 minutes');
});
