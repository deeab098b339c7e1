/** Tools, forms, cards, feedback and attachments in the demo, on a page of another origin with the strictest policy. */
import { afterAll, beforeAll, beforeEach, afterEach, expect, it } from 'vitest';
import type { Browser, BrowserContext } from 'playwright';
import { ChatOnPage, launchBrowser, watchPageErrors, type PageErrors } from './support/browser.ts';
import {
  pinnedScriptTag,
  fetchIntegrityManifest,
  startHostPage,
  strictestHtml,
  strictestPolicy,
  type HostPage,
} from './support/host-page.ts';
import { monitorPage } from './support/page-monitor.ts';
import { createDataFolder, startGateway, type GatewayProcess } from './support/processes.ts';

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const data = createDataFolder();
let gateway: GatewayProcess;
let host: HostPage;
let browser: Browser;
let context: BrowserContext;
let chat: ChatOnPage;
let pageErrors: PageErrors;
beforeAll(async () => {
  gateway = await startGateway({ RIVULET_DATA: data.path });
  browser = await launchBrowser();
  const pinned = await fetchIntegrityManifest(gateway.url);
  host = await startHostPage({
    html: () => strictestHtml(gateway.url, pinned, pinnedScriptTag(gateway.url, pinned)),
    // An attached picture is shown from a blob URL, which is all that attachments need beyond the strictest policy.
    policy: { ...strictestPolicy(gateway.url, pinned), 'img-src': 'blob:' },
  });
});
afterAll(async () => {
  await Promise.all([browser.close(), host.close(), gateway.end('SIGTERM')]);
  data.remove();
});
beforeEach(async () => {
  context = await browser.newContext();
  const page = await context.newPage();
  await monitorPage(page);
  pageErrors = watchPageErrors(page);
  await page.goto(host.url);
  chat = new ChatOnPage(page);
  await chat.open();
});
afterEach(async () => {
  expect(await chat.page.evaluate(() => globalThis.pageMonitor.violations)).toEqual([]);
  expect([...host.reports.splice(0), ...pageErrors.all]).toEqual([]);
  await context.close();
});
const button = (name: string) => chat.page.getByRole('button', { name, exact: true });

it('an approved tool call is executed', async () => {
  await chat.ask('Show me an approval');
  await button('Approve').click();
  await chat.waitForText(/your call back is booked as/);
  await chat.waitForText('Done');
});

it('a declined tool call is not executed', async () => {
  await chat.ask('Show me an approval');
  await button('Decline').click();
  await chat.waitForText('Declined');
  await chat.waitForText(/That did not happen/);
});

it('a tool call is executed with the values that the visitor has changed, which must fit the schema', async () => {
  await chat.ask('Show me an approval');
  const form = chat.transcript.locator('.tool-decision');
  await form.getByLabel('Name').fill('Grace Hopper');
  await form.getByLabel('Phone').fill('');
  await button('Approve').click();
  await chat.waitForText('Please fill this in.');
  await form.getByLabel('Phone').fill('+1 555 0100');
  await button('Approve').click();
  await chat.waitForText(/your call back is booked as/);
  await chat.transcript.locator('.tool summary').click();
  await chat.waitForText(/Grace Hopper/);
});

it('a suggestion is sent by a click, a card is shown, and a submitted form stays submitted after a reload', async () => {
  await chat.ask('Show me suggestions');
  await button('Show me a card').click();
  await chat.waitForText('Alder lounge chair');
  await chat.waitForIdle();
  await chat.ask('Show me a form');
  await chat.page.getByLabel('Your name').fill('Ada');
  await chat.page.getByLabel('E-mail').fill('ada@example.com');
  await chat.transcript.locator('.form').getByRole('button', { name: 'Send' }).click();
  await chat.waitForText('Sent');
  await chat.waitForText(/Thank you! I received/);
  await chat.reload();
  await chat.waitForText('Sent');
});

it('feedback on an answer is kept after a reload', async () => {
  await chat.ask('Show me the sources');
  await chat.waitForText('About the sources');
  await chat.page.getByRole('button', { name: 'Source 2', exact: false }).first().click();
  await chat.waitForText('It always ends with synced.');
  await button('Good answer').click();
  await chat.page.getByLabel('Would you like to say why? (optional)').fill('Clear.');
  await chat.transcript.locator('.feedback-form').getByRole('button', { name: 'Send' }).click();
  await chat.reload();
  await chat.page.locator('.thumb[data-value="up"][aria-pressed="true"]').waitFor();
});

it('a picture is attached to the first message, and the model receives it', async () => {
  await chat.page.evaluate(() => {
    const element = document.querySelector('rivulet-chat') as unknown as {
      configure: (options: object) => void;
    };
    element.configure({ attachments: { isEnabled: true } });
  });
  await button('Attach files').waitFor();
  await chat.page
    .locator('input[type=file]')
    .setInputFiles({ name: 'dot.png', mimeType: 'image/png', buffer: PNG });
  await button('Remove dot.png').waitFor();
  await chat.ask('What is this?');
  await chat.waitForText(/I have your file/);
  await chat.transcript.locator('.message[data-role="user"] img.picture').waitFor();
});
