/** The sites in the console in Chromium: the prompt is corrected, two editors meet, errors stand beside their fields. */
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import axe from 'axe-core';
import type { Browser, BrowserContext, Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ChatOnPage, launchBrowser, watchPageErrors, type PageErrors } from './support/browser.ts';
import { startHarness, type Harness } from './support/harness.ts';

const TOKEN = 'the-token-of-the-owner-of-this-console';
const VIEWER_TOKEN = 'the-token-of-somebody-who-only-reads';
const CONFIGURED = 'You answer for the harbour. Configured.';
const hash = (token: string) => createHash('sha256').update(token).digest('hex');

let browser: Browser;
let harness: Harness;
let context: BrowserContext;
let page: Page;
let pageErrors: PageErrors;

beforeAll(async () => {
  const args = (data: string) => {
    const file = join(data, 'rivulet.json');
    const sites = [
      { id: 'demo', origins: ['self'], systemPrompt: CONFIGURED, desk: {} },
      { id: 'shop', origins: ['https://shop.example'], widget: { start: { greeting: 'Ahoy' } } },
    ];
    const adminUsers = [{ name: 'vic', role: 'viewer', tokenHash: hash(VIEWER_TOKEN) }];
    writeFileSync(file, JSON.stringify({ sites, adminUsers }, null, 2));
    return ['--config', file];
  };
  [browser, harness] = await Promise.all([
    launchBrowser(),
    startHarness({ environment: { RIVULET_CONSOLE_TOKEN: TOKEN }, args }),
  ]);
});
afterAll(async () => {
  await Promise.all([browser.close(), harness.close()]);
});
beforeEach(async () => {
  ({ context, page } = await newPage());
  // A violation of the policy is an error of the console, too. The browser logs each refused request itself.
  pageErrors = watchPageErrors(page, /status of (400|401|404|409)/);
});
afterEach(async () => {
  await context.close();
  expect(pageErrors.all).toEqual([]);
});

async function newPage() {
  const opened = await browser.newContext({ permissions: ['clipboard-read', 'clipboard-write'] });
  const tab = await opened.newPage();
  tab.setDefaultTimeout(10_000);
  return { context: opened, page: tab };
}
const origin = () => new URL(harness.gateway.url).origin;

/** Opens a page of the console, signed in. */
async function signIn(path: string, { tab = page, token = TOKEN } = {}): Promise<void> {
  await tab.goto(origin() + path);
  await tab.getByLabel('Token', { exact: true }).fill(token);
  await tab.getByRole('button', { name: 'Sign in' }).click();
  await tab.getByRole('button', { name: 'Sign out' }).waitFor();
}

/** The system prompt of the newest request to the upstream. */
async function askedWith(question: string): Promise<string> {
  const chat = await ChatOnPage.visit(await browser.newContext(), harness.gateway.url);
  await chat.open();
  await chat.ask(question);
  await chat.waitForText(question);
  await chat.waitForIdle();
  await chat.page.context().close();
  const response = await fetch(new URL('/control/requests', harness.upstream.url));
  const requests = (await response.json()) as {
    question: string;
    body: { messages: { content: string }[] };
  }[];
  return requests.findLast((each) => each.question === question)?.body.messages[0]?.content ?? '';
}

const prompt = (tab = page) => tab.getByLabel('System prompt', { exact: true });
/** Opens a group of fields. */
const openGroup = (title: string, tab = page) =>
  tab.getByRole('heading', { name: title, exact: true }).click();
const save = (tab = page) => tab.getByRole('button', { name: 'Save', exact: true });
const saved = (tab = page) => tab.getByText('Saved. It holds').waitFor({ state: 'attached' });

/** The violated rules of axe, each with its elements. */
async function violations(): Promise<string[]> {
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const { violations: found } = await (window as unknown as { axe: typeof axe }).axe.run(); // defined above
    return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`);
  });
}

describe('the sites of the console', () => {
  it('the prompt is corrected by the keyboard alone: the next answer is asked for with it, also after a restart, until it is taken back', async () => {
    expect(await askedWith('Before the correction')).toBe(CONFIGURED);
    await signIn('/admin');
    await page.getByRole('link', { name: 'Sites' }).press('Enter');
    await page.getByRole('link', { name: /^demo/ }).waitFor();
    expect(await page.getByRole('listitem').count()).toBe(2);
    await page.getByRole('link', { name: /^demo/ }).press('Enter');
    await prompt().waitFor();
    await prompt().focus();
    await page.keyboard.press('Control+A');
    await page.keyboard.type('You are brief.');
    await page.getByText('One change is not saved').waitFor();
    await save().press('Enter');
    await saved();
    await page.getByText(`In the configuration: ${CONFIGURED}`).waitFor();
    expect(await violations()).toEqual([]);
    expect(await askedWith('After the correction')).toBe('You are brief.');
    await harness.gateway.end('SIGTERM');
    await harness.restartGateway();
    expect(await askedWith('After the restart')).toBe('You are brief.');
    await page.reload();
    await page.getByRole('button', { name: 'Back to the configuration: System prompt' }).press('Enter');
    expect(await prompt().inputValue()).toBe(CONFIGURED);
    await save().press('Enter');
    await saved();
    expect(await askedWith('After it was taken back')).toBe(CONFIGURED);
  });

  it('of two editors the second is told who was faster, keeps what was typed, and saves it on top', async () => {
    await signIn('/admin/sites/demo');
    const other = await newPage();
    await signIn('/admin/sites/demo', { tab: other.page });
    await prompt().fill('Mine.');
    await openGroup('Texts', other.page);
    await other.page.getByLabel('Title', { exact: true }).fill('Theirs');
    await save(other.page).click();
    await saved(other.page);
    await save().click();
    await page.getByRole('alert').getByText('owner has saved other changes').waitFor();
    expect(await violations()).toEqual([]);
    await page.getByRole('button', { name: 'Load theirs, keep mine' }).click();
    await expect.poll(() => page.getByLabel('Title', { exact: true }).inputValue()).toBe('Theirs');
    expect(await prompt().inputValue()).toBe('Mine.');
    await save().click();
    await saved();
    await page.getByText('2 settings differ from the configuration').click();
    await page.getByRole('listitem').getByRole('button', { name: 'Title' }).click();
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('s-widget-header-title');
    await other.context.close();
  });

  it('what cannot be used is said beside its field, in words, with the focus on the first of them', async () => {
    await signIn('/admin/sites/shop');
    await openGroup('Texts');
    const temperature = page.getByLabel('Temperature', { exact: true });
    await temperature.fill('9');
    await page.getByLabel('Greeting', { exact: true }).fill('x'.repeat(201));
    await save().click();
    await page.getByText('Expected a number, 0 to 2.').waitFor();
    await page.getByText('Expected text of 1 to 200 characters.').waitFor();
    await page.getByRole('alert').getByText('Nothing was saved').waitFor();
    await expect.poll(() => temperature.evaluate((element) => element === document.activeElement)).toBe(true);
    expect(await temperature.getAttribute('aria-invalid')).toBe('true');
    expect(await violations()).toEqual([]);
    await temperature.fill('0,4');
    await page.getByLabel('Greeting', { exact: true }).fill('Moin');
    await save().click();
    await saved();
    expect(await temperature.inputValue()).toBe('0.4');
  });

  it('asks before something that is not saved is lost', async () => {
    await signIn('/admin/sites/shop');
    await openGroup('Texts');
    await page.getByLabel('Below the greeting', { exact: true }).fill('Not saved yet');
    await page.getByRole('link', { name: 'Overview' }).click();
    await page.getByRole('dialog').waitFor();
    expect(await violations()).toEqual([]);
    await page.getByRole('button', { name: 'Cancel' }).click();
    expect(new URL(page.url()).pathname).toBe('/admin/sites/shop');
    expect(await page.getByLabel('Below the greeting', { exact: true }).inputValue()).toBe('Not saved yet');
    await page.getByRole('link', { name: 'All sites' }).click();
    await page.getByRole('button', { name: 'Leave' }).click();
    await page.getByRole('link', { name: /^demo/ }).waitFor();
    await page.getByRole('link', { name: /^shop/ }).click();
    expect(await page.getByLabel('Below the greeting', { exact: true }).inputValue()).toBe('');
  });

  it('keeps what was typed when the session has ended, for the same user, and asks before it is lost by signing out', async () => {
    await signIn('/admin/sites/shop');
    await prompt().fill('Typed before the session ended.');
    await context.clearCookies();
    await save().click();
    await page.getByText('Your session has ended').waitFor();
    await page.getByLabel('Token', { exact: true }).fill(VIEWER_TOKEN);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('Your role reads these settings').waitFor();
    expect(await page.locator('main').textContent()).not.toContain('Typed before');
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByLabel('Token', { exact: true }).fill(TOKEN);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await expect.poll(() => prompt().inputValue()).toBe('Typed before the session ended.');
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Cancel' }).click();
    expect(await prompt().inputValue()).toBe('Typed before the session ended.');
    await page.getByRole('button', { name: 'Discard' }).click();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByLabel('Token', { exact: true }).waitFor();
  });

  it('texts of a language, hours and canned replies of the desk are filled in and saved', async () => {
    await signIn('/admin/sites/demo');
    await openGroup('Texts');
    await openGroup('Desk');
    await page.getByLabel('Another language', { exact: true }).fill('de');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByLabel('Greeting', { exact: true }).fill('Moin');
    await page.getByLabel('Time zone', { exact: true }).fill('Europe/Berlin');
    await page.getByLabel('Monday', { exact: true }).fill('09:00-12:00, 13:00-17:00');
    await page.getByRole('button', { name: 'Add a reply' }).click();
    const reply = page.getByRole('group', { name: 'Reply 1' });
    await reply.getByLabel('Title', { exact: true }).fill('Hours');
    await reply.getByLabel('Text', { exact: true }).fill('We are here from nine.');
    await page.getByLabel('Notice that a model answers', { exact: true }).first().selectOption('No notice');
    await save().click();
    await saved();
    await page.reload();
    expect(await page.getByLabel('Monday', { exact: true }).inputValue()).toBe('09:00-12:00, 13:00-17:00');
    expect(await page.locator('.languages option').allTextContents()).toContain('de');
    const site = await (await fetch(`${origin()}/rivulet/site.json?site=demo`)).text();
    expect(site).toContain('Moin');
    expect(await violations()).toEqual([]);
  });

  it('the snippet is copied, and somebody who only reads sees what pages show, on a phone and in the dark, too', async () => {
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.setViewportSize({ width: 390, height: 800 });
    await signIn('/admin/sites/demo', { token: VIEWER_TOKEN });
    await page.getByText('Your role reads these settings').waitFor();
    expect(await page.getByRole('button', { name: 'Save', exact: true }).count()).toBe(0);
    expect(await page.locator('main').textContent()).not.toContain('harbour');
    await page.getByRole('button', { name: 'Copy: The tag' }).click();
    await page.getByText('Copied: The tag').waitFor({ state: 'attached' });
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(
      `<script async src="${origin()}/rivulet.js?site=demo" data-site="demo"></script>`,
    );
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    expect(await violations()).toEqual([]);
  });

  it('fits a phone with every group, and loads its code only when somebody goes there', async () => {
    await page.setViewportSize({ width: 390, height: 800 });
    const files: string[] = [];
    page.on('request', (request) => files.push(request.url()));
    await signIn('/admin/overview');
    const before = files.filter((url) => url.includes('/admin/files/')).length;
    await page.getByRole('link', { name: 'Sites' }).click();
    await page.getByRole('link', { name: /^demo/ }).click();
    await prompt().waitFor();
    for (const title of ['Texts', 'Appearance', 'What visitors can do', 'Budgets', 'Limits', 'Desk'])
      await openGroup(title);
    expect(files.filter((url) => url.includes('/admin/files/')).length).toBeGreaterThan(before);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    expect(await violations()).toEqual([]);
  });
});
