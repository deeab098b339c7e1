import { expect, test } from 'vitest';
import { settle } from './testing/fake-environment.ts';
import { openChat } from './testing/open-chat.ts';

test('a site that is switched off is said to be closed, with its own words, until it is on again', async () => {
  const { chat, gateway } = openChat();
  await settle();
  gateway.switchSite({ text: 'Back at noon.' });
  await settle();
  expect(chat.snapshot.closedBecause).toEqual({
    code: 'site-disabled',
    message: 'Back at noon.',
    retry: 'new',
  });
  expect(chat.snapshot.status).toBe('online');
  gateway.switchSite(undefined);
  await settle();
  expect(chat.snapshot.closedBecause).toBeNull();
  expect(gateway.connections).toHaveLength(1);
});
