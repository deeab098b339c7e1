/** The pages of the operator's console in Chromium: signing in, searching, reading along, erasing, holding, and signing out. */
import axe from 'axe-core';
import type { Browser, BrowserContext, Page } from 'playwright';
import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ChatOnPage, launchBrowser, watchPageErrors, type PageErrors } from './support/browser.ts';
import { startHarness, type Harness } from './support/harness.ts';

const TOKEN = 'the-token-of-the-owner-of-this-console';

let browser: Browser;
let harness: Harness;
let context: BrowserContext;
let page: Page;
let pageErrors: PageErrors;

beforeAll(async () => {
  [browser, harness] = await Promise.all([
    launchBrowser(),
    startHarness({ environment: { RIVULET_CONSOLE_TOKEN: TOKEN } }),
  ]);
});
afterAll(async () => {
  await Promise.all([browser.close(), harness.close()]);
});
beforeEach(async () => {
  context = await browser.newContext();
  page = await context.newPage();
  page.setDefaultTimeout(10_000);
  // A violation of the policy is an error of the console, too. The browser logs each refused request itself.
  pageErrors = watchPageErrors(page, /status of (401|404|409)/);
});
afterEach(async () => {
  await context.close();
  expect(pageErrors.all).toEqual([]);
});

const origin = () => new URL(harness.gateway.url).origin;

/** Opens a page of the console, signed in. */
async function signIn(path = '/admin'): Promise<void> {
  await page.goto(origin() + path);
  await page.getByLabel('Token').fill(TOKEN);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('button', { name: 'Sign out' }).waitFor();
}

/** A visitor in a browser of their own. */
async function visit(): Promise<ChatOnPage> {
  const chat = await ChatOnPage.visit(await browser.newContext(), harness.gateway.url);
  await chat.open();
  return chat;
}

/** A visitor who has asked and has the whole answer. */
async function converse(question: string): Promise<ChatOnPage> {
  const chat = await visit();
  await chat.ask(question);
  await chat.waitForText(question);
  await chat.waitForIdle();
  await chat.transcript.getByRole('button', { name: 'Good answer' }).waitFor();
  return chat;
}

async function search(text: string): Promise<void> {
  await page.getByRole('searchbox', { name: 'Text' }).fill(text);
  await page.getByRole('button', { name: 'Search' }).click();
}

/** Opens the conversation that a search finds. */
async function openFound(text: string): Promise<void> {
  await search(text);
  await page.getByRole('listitem').getByRole('link').first().click();
  await page.getByText('Live', { exact: true }).waitFor();
}

/** The violated rules of axe, each with its elements. */
async function violations(): Promise<string[]> {
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const { violations: found } = await (window as unknown as { axe: typeof axe }).axe.run(); // defined above
    return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`);
  });
}

describe('the console', () => {
  it('says that a token is wrong, and lets in who has it, to the address that was asked for', async () => {
    await page.goto(`${origin()}/admin/audit`);
    await page.getByLabel('Token').fill('a guess');
    expect(await violations()).toEqual([]);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('There is no user with this token.').waitFor();
    await page.getByLabel('Token').fill(TOKEN);
    await page.getByLabel('Token').press('Enter');
    await page.getByRole('heading', { name: 'Audit log' }).waitFor();
    await page.getByRole('cell', { name: 'Could not sign in' }).first().waitFor();
    expect(await violations()).toEqual([]);
  });

  it('finds a conversation by its text, and shows it as the visitor saw it, also after a reload', async () => {
    const chat = await converse('What is the plan for the harbour?');
    await chat.page.getByRole('button', { name: 'Bad answer' }).click();
    await signIn();
    await openFound('plan for the HARBOUR');
    const transcript = page.locator('console-transcript');
    expect(await transcript.locator('pre code').textContent()).toContain('const answer = 42;');
    await transcript.getByText('Rated bad').waitFor();
    expect(await transcript.getByText('Took').count()).toBe(1);
    expect(await violations()).toEqual([]);
    await page.reload();
    await page.locator('console-transcript').getByText('What is the plan for the harbour?').first().waitFor();
    await page.goBack();
    await page
      .getByText(/^1 found/)
      .first()
      .waitFor();
    await search('nothing that anybody wrote');
    await page.getByText('No conversation matches.').waitFor();
    await page.goto(`${origin()}/admin/conversations?rating=down&reason=stop`);
    await page
      .getByText(/^1 found/)
      .first()
      .waitFor();
    expect(await violations()).toEqual([]);
    await chat.page.context().close();
  });

  it('shows how answers ended, over an hour and over a month, to the eye and as a table', async () => {
    const chat = await converse('Count this answer');
    await signIn('/admin/overview?span=hour');
    // Written by the gateway every five seconds, and asked for as often.
    await page.getByRole('cell', { name: 'Finished' }).waitFor({ timeout: 30_000 });
    await page.getByText('As a table').press('Enter');
    await page.getByRole('columnheader', { name: 'First word after (median)' }).waitFor();
    await page.getByRole('cell', { name: 'Serving' }).waitFor();
    expect(await page.locator('.chart .all').getAttribute('d')).toMatch(/^M/);
    expect(await violations()).toEqual([]);
    await page.getByRole('link', { name: 'Month' }).click();
    await page.getByRole('cell', { name: 'Finished' }).waitFor();
    await page.setViewportSize({ width: 390, height: 800 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    expect(await violations()).toEqual([]);
    await chat.page.context().close();
  });

  it('reads an answer along while it is written', async () => {
    const chat = await visit();
    await chat.ask('Read this along [[hang-mid]]');
    await chat.waitForText('The first half of a sentence');
    await signIn();
    await openFound('read this along');
    const transcript = page.locator('console-transcript');
    await transcript.getByText('The first half of a sentence').waitFor();
    await transcript.getByText('Being written').waitFor();
    await chat.stop.click();
    await transcript.getByText('Stopped by the visitor').waitFor();
    await chat.waitForIdle();
    await chat.ask('And the second question');
    await transcript.getByText('And the second question').first().waitFor();
    await transcript.getByText('That was the whole answer.').waitFor();
    await chat.page.context().close();
  });

  it('keeps a conversation that is on hold, and erases one that is not, each by the keyboard', async () => {
    const chat = await converse('Keep me or erase me');
    await signIn();
    await openFound('keep me or erase me');
    await page.getByRole('button', { name: 'Put on hold…' }).press('Enter');
    expect(await violations()).toEqual([]);
    await page.getByLabel('Reason').fill('case 7');
    await page.getByLabel('Reason').press('Enter');
    await page.getByText('is on hold and is not erased').waitFor();
    await page.getByRole('button', { name: 'Erase…' }).press('Enter');
    await page.getByRole('button', { name: 'Erase', exact: true }).press('Enter');
    await page.getByRole('alert').waitFor();
    await page.getByRole('button', { name: 'Lift the hold' }).press('Enter');
    await page.getByRole('button', { name: 'Put on hold…' }).waitFor();
    await page.getByRole('button', { name: 'Erase…' }).press('Enter');
    await page.keyboard.press('Escape');
    expect(await page.getByRole('dialog').count()).toBe(0);
    await page.getByRole('button', { name: 'Erase…' }).press('Enter');
    await page.getByRole('button', { name: 'Erase', exact: true }).press('Enter');
    await page.getByRole('searchbox', { name: 'Text' }).waitFor();
    await search('keep me or erase me');
    await page.getByText('No conversation matches.').waitFor();
    await chat.page.context().close();
  });

  it('ends with its session: what is read along stops, and the page asks to sign in', async () => {
    const chat = await converse('A conversation that is read along');
    await signIn();
    await openFound('conversation that is read along');
    const other = await context.newPage();
    await other.goto(`${origin()}/admin/sessions`);
    await other
      .getByRole('button', { name: /^End the session of owner/ })
      .first()
      .waitFor();
    expect(await other.getByRole('row').count()).toBeGreaterThan(1);
    await other.getByRole('button', { name: 'Sign out' }).click();
    await other.getByLabel('Token').waitFor();
    await page.getByText('Your session has ended. Sign in again to go on.').waitFor();
    await chat.page.context().close();
  });

  it('fits a phone, and is mirrored in a right-to-left page', async () => {
    const chat = await converse('A question for a phone');
    await page.setViewportSize({ width: 390, height: 844 });
    await signIn();
    const overflow = () => page.evaluate('document.documentElement.scrollWidth - innerWidth');
    expect(await overflow()).toBe(0);
    await openFound('question for a phone');
    expect(await overflow()).toBe(0);
    await page.evaluate('document.documentElement.dir = "rtl"');
    expect(await overflow()).toBe(0);
    await chat.page.context().close();
  });
});

describe('visitors and the console', () => {
  it('load no file of each other', async () => {
    const requests: string[] = [];
    const visitor = await browser.newContext();
    visitor.on('request', (request) => requests.push(new URL(request.url()).pathname));
    const chat = await ChatOnPage.visit(visitor, harness.gateway.url);
    await chat.open();
    await chat.ask('Hello');
    await chat.waitForIdle();
    expect(requests.filter((path) => path.startsWith('/admin'))).toEqual([]);
    await visitor.close();
  });

  it('the widget’s files contain no code of the console', () => {
    const folder = new URL('../packages/widget/dist/cdn/', import.meta.url);
    const scripts = readdirSync(folder).filter((name) => name.endsWith('.js'));
    expect(scripts.length).toBeGreaterThan(10);
    for (const name of scripts)
      expect(readFileSync(new URL(name, folder), 'utf8')).not.toMatch(/admin\/|console-transcript|Audit log/);
  });

  it('without a way to sign in there is no page', async () => {
    const plain = await startHarness();
    for (const path of ['/admin', '/admin/conversations/c_0123456789abcd', '/admin/files/x.js'])
      expect((await fetch(new URL(path, plain.gateway.url))).status).toBe(404);
    await plain.close();
  });
});
