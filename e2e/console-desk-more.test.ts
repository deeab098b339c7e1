/** The desk in the operator’s console on a phone, with tool calls that wait, files, suggestions and searches. */
import type { FilePart } from '@rivulet/protocol';
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

describe('with a visitor who goes on', () => {
  it('shows that they type, and finds the conversation by what they wrote', async () => {
    const { client, conversationId, say } = await queue(harness.gateway.url, 'A question about lamps');
    const desk = await desks.open('ada');
    await desk.openConversation('A question about lamps');
    await desk.page.getByText('Live', { exact: true }).waitFor();
    client.send({ type: 'typing', conversationId, isTyping: true });
    await desk.page.getByText('The visitor is typing…').waitFor();
    say('Are they made of xylophones?');
    await desk.transcript.getByText('xylophones').waitFor();
    expect(await desk.page.getByText('The visitor is typing…').count()).toBe(0);
    await desk.page.getByRole('searchbox', { name: 'Search the inbox' }).fill('XYLOPHONES');
    await desk.page.getByRole('searchbox', { name: 'Search the inbox' }).press('Enter');
    await expect.poll(() => desk.rows.count()).toBe(1);
    await desk.page.goBack();
    await desk.page.getByRole('searchbox', { name: 'Search the inbox' }).fill('nobody wrote this');
    await desk.press('Search');
    await desk.page.getByText('None matches.').waitFor();
    expect(await desk.violations()).toEqual([]);
  });

  it('takes what the model suggests into the field, and sends it only when somebody does', async () => {
    const { client, say } = await queue(harness.gateway.url, 'A question for the model');
    const desk = await desks.open('ada');
    await desk.openConversation('A question for the model');
    await desk.press('Take over');
    say('What would you say?');
    await desk.transcript.getByText('What would you say?').waitFor();
    await desk.press('Suggest a reply');
    await expect.poll(() => desk.reply.inputValue()).toContain('That was the whole answer.');
    await expect.poll(() => focusedName(desk.page)).toBe('textbox Reply to the visitor');
    const written = () => client.view?.conversation.messages.filter(({ role }) => role === 'agent').length;
    expect(written()).toBe(0);
    await desk.reply.fill('Shortened.');
    await desk.reply.press('Enter');
    await expect.poll(written).toBe(1);
  });

  it('sends files with a reply, and opens them', async () => {
    const { client } = await queue(harness.gateway.url, 'May I see a picture?');
    const desk = await desks.open('ada');
    await desk.openConversation('May I see a picture?');
    await desk.press('Take over');
    await desk.reply.waitFor();
    const chooser = desk.page.waitForEvent('filechooser');
    await desk.press('Attach files');
    const buffer = Buffer.from('The dimensions of the table');
    await (await chooser).setFiles([{ name: 'table.txt', mimeType: 'text/plain', buffer }]);
    await desk.page.getByRole('button', { name: 'Remove table.txt' }).waitFor();
    await expect
      .poll(() => desk.page.getByRole('button', { name: 'Send', exact: true }).getAttribute('aria-disabled'))
      .toBe('false');
    expect(await desk.violations()).toEqual([]);
    await desk.press('Send');
    await client.until(() => client.view?.conversation.messages.at(-1)?.role === 'agent', 'the reply');
    const parts = client.view!.conversation.messages.at(-1)!.parts as FilePart[];
    expect(parts).toMatchObject([{ type: 'file', name: 'table.txt', sizeBytes: buffer.length }]);
    const isOfFile = (request: { url: () => string }) => request.url().includes(`/${parts[0]?.fileId}`);
    const opened = desk.page.context().waitForEvent('request', isOfFile);
    await desk.transcript.getByRole('button', { name: /table/ }).click();
    await opened;
  });
});
