/** What is more than words, as a person meets it: on the strictest page of another origin, from the executable with its demo. */
import { afterAll, beforeAll, beforeEach, afterEach, expect, it } from 'vitest';
import type { Browser, BrowserContext } from 'playwright';
import { ChatOnPage, launchBrowser, watchComplaints, type Complaints } from './support/browser.ts';
import {
  pinnedTag,
  readPinned,
  startHostPage,
  strictestHtml,
  strictestPolicy,
  type HostPage,
} from './support/host-page.ts';
import { watchPage } from './support/page-witness.ts';
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
let complaints: Complaints;
beforeAll(async () => {
  gateway = await startGateway({ RIVULET_DATA: data.path });
  browser = await launchBrowser();
  const pinned = await readPinned(gateway.url);
  host = await startHostPage({
    html: () => strictestHtml(gateway.url, pinned, pinnedTag(gateway.url, pinned)),
    // A picture that the visitor attaches is shown from the browser's own memory: that is all that it takes.
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
  await watchPage(page);
  complaints = watchComplaints(page);
  await page.goto(host.url);
  chat = new ChatOnPage(page);
  await chat.open();
});
afterEach(async () => {
  expect(await chat.page.evaluate(() => globalThis.witness.violations)).toEqual([]);
  expect([...host.reports.splice(0), ...complaints.all]).toEqual([]);
  await context.close();
});
const button = (name: string) => chat.page.getByRole('button', { name, exact: true });

it('a call is approved, and then it is done', async () => {
  await chat.ask('Show me an approval');
  await button('Approve').click();
  await chat.sees(/your call back is booked as/);
  await chat.sees('Done');
});

it('a call is refused, and nothing is done', async () => {
  await chat.ask('Show me an approval');
  await button('Refuse').click();
  await chat.sees('Not allowed');
  await chat.sees(/That did not happen/);
});

it('a call is changed before it is approved', async () => {
  await chat.ask('Show me an approval');
  await chat.transcript.locator('.tool-buttons').getByRole('button', { name: 'Edit' }).click();
  const field = chat.page.getByRole('textbox', { name: 'Input, as JSON' });
  await field.fill('{"name":"Grace Hopper"}');
  await button('Approve with changes').click();
  await chat.sees('These values do not fit. Please check them.');
  await field.fill('{"name":"Grace Hopper","phone":"+1 555 0100"}');
  await button('Approve with changes').click();
  await chat.sees(/your call back is booked as/);
  await chat.transcript.locator('.tool summary').click();
  await chat.sees(/Grace Hopper/);
});

it('a suggestion, a card and a form are answered by pressing and filling in', async () => {
  await chat.ask('Show me suggestions');
  await button('Show me a card').click();
  await chat.sees('Alder lounge chair');
  await chat.isDone();
  await chat.ask('Show me a form');
  await chat.page.getByLabel('Your name').fill('Ada');
  await chat.page.getByLabel('E-mail').fill('ada@example.com');
  await chat.transcript.locator('.form').getByRole('button', { name: 'Send' }).click();
  await chat.sees('Sent');
  await chat.sees(/Thank you! I received/);
  await chat.reload();
  await chat.sees('Sent');
});

it('what a visitor thinks of an answer is kept over a reload', async () => {
  await chat.ask('Show me the sources');
  await chat.sees('About the sources');
  await chat.page.getByRole('button', { name: 'Source 2', exact: false }).first().click();
  await chat.sees('It always ends with synced.');
  await button('Good answer').click();
  await chat.page.getByLabel('Would you like to say why? (optional)').fill('Clear.');
  await chat.transcript.locator('.feedback-form').getByRole('button', { name: 'Send' }).click();
  await chat.reload();
  await chat.page.locator('.thumb[data-value="up"][aria-pressed="true"]').waitFor();
});

it('a picture is attached before the first word, and the answer knows it', async () => {
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
  await chat.sees(/I have your file/);
  await chat.transcript.locator('.message[data-role="user"] img.picture').waitFor();
});
