/** The desk in the operator's console on a phone, and for a tool call that waits. */
import type { Browser } from 'playwright';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from './support/browser.ts';
import { deskConfiguration, Desks, queue } from './support/desk-console.ts';
import { startHarness, type Harness } from './support/harness.ts';
import { focusedName } from './support/keyboard.ts';
import { createDataFolder, startGateway } from './support/processes.ts';
import { ask, greet } from './support/protocol-visitor.ts';

let browser: Browser;
let harness: Harness;
let desks: Desks;

beforeAll(async () => {
  [browser, harness] = await Promise.all([launchBrowser(), startHarness({ args: deskConfiguration })]);
  desks = new Desks(browser, () => harness.gateway.url);
});
afterAll(async () => {
  await Promise.all([browser.close(), harness.close()]);
});
afterEach(async () => {
  expect(await desks.close()).toEqual([]);
});

describe('on a phone', () => {
  const options = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

  it('the list and the conversation are one after the other, fit, and have no violation, in light and dark', async () => {
    await queue(harness.gateway.url, 'From a phone');
    for (const colorScheme of ['light', 'dark'] as const) {
      const desk = await desks.open('ada', { options: { ...options, colorScheme } });
      const overflow = () => desk.page.evaluate('document.documentElement.scrollWidth - innerWidth');
      await desk.rows.filter({ hasText: 'From a phone' }).waitFor();
      expect([await desk.violations(), await overflow()]).toEqual([[], 0]);
      await desk.openConversation('From a phone');
      if (colorScheme === 'light') await desk.press('Take over');
      await desk.reply.waitFor();
      expect([await desk.rows.first().isVisible(), await overflow()]).toEqual([false, 0]);
      expect(await desk.violations()).toEqual([]);
      await desk.page.evaluate('document.documentElement.dir = "rtl"');
      expect(await overflow()).toBe(0);
      await desk.page.evaluate('document.documentElement.dir = "ltr"');
      await desk.reply.fill(`Hello from the ${colorScheme}`);
      await desk.page.getByRole('button', { name: 'Send', exact: true }).tap();
      await desk.transcript.getByText(`Hello from the ${colorScheme}`).waitFor();
      await desk.page.getByRole('link', { name: 'Inbox' }).tap();
      await desk.rows.filter({ hasText: 'From a phone' }).waitFor();
      await expect.poll(() => focusedName(desk.page)).toContain('From a phone');
    }
  });
});

describe('a tool call that waits for approval', () => {
  it('is approved at the desk, in the widget’s own card', async () => {
    const data = createDataFolder();
    const gateway = await startGateway({ RIVULET_DATA: data.path }, deskConfiguration(data.path));
    const { client } = await greet(gateway.url);
    const { conversationId } = ask(client, 'Show me an approval');
    await client.received('approval-requested');
    const path = `/admin/desk/${conversationId}`;
    const desk = await desks.open('ada', { url: gateway.url, path });
    await desk.transcript.getByRole('button', { name: 'Approve' }).click();
    expect(await client.received('run-finished')).toMatchObject({ reason: 'stop' });
    await desk.transcript.getByText('Ada Lovelace').first().waitFor({ state: 'attached' });
    await gateway.end('SIGTERM');
    data.remove();
  });
});
