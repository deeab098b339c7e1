/** The list of conversations: search, rename, delete, export, erasure and logout, across tabs. */
import { readFile } from 'node:fs/promises';
import { textOf, type Conversation } from '@rivulet/protocol';
import type { Browser, BrowserContext } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { ChatOnPage, launchBrowser, watchPageErrors, type PageErrors } from './support/browser.ts';
import { messagesOnPage, messagesInStore } from './support/conversation-comparison.ts';
import { releaseWords } from './support/gated-answers.ts';
import { startHarness, type Harness } from './support/harness.ts';

const GREETING = 'How can I help?';
let harness: Harness;
let browser: Browser;
let context: BrowserContext;
let pageErrors: PageErrors[];
beforeAll(async () => {
  [browser, harness] = await Promise.all([launchBrowser(), startHarness()]);
});
afterAll(async () => {
  await Promise.all([browser.close(), harness.close()]);
});
beforeEach(async () => {
  pageErrors = [];
  context = await browser.newContext();
});
afterEach(async () => {
  const errors = pageErrors.flatMap(({ all }) => all);
  await context.close();
  expect(errors).toEqual([]);
});

/** The widget with its menu and its list of conversations. */
class Tab extends ChatOnPage {
  readonly rows = this.page.locator('.side-row');
  readonly search = this.page.getByRole('searchbox', { name: 'Search conversations' });

  static async open(): Promise<Tab> {
    const page = await context.newPage();
    page.setDefaultTimeout(10_000);
    pageErrors.push(watchPageErrors(page));
    await page.goto(harness.gateway.url);
    const tab = new Tab(page);
    await tab.openByMethod();
    return tab;
  }

  button(name: string) {
    return this.page.getByRole('button', { name, exact: true });
  }

  /** Asks, and waits for the whole answer. */
  async askAndWait(text: string): Promise<void> {
    await this.ask(text);
    await this.waitForText(`You asked: ${text}`);
    await this.waitForIdle();
  }

  /** Starts a new conversation, asks, and waits for the whole answer. */
  async askInNewConversation(text: string): Promise<void> {
    await this.button('New conversation').click();
    await this.waitForText(GREETING);
    await this.askAndWait(text);
  }

  /** Chooses an item of the menu. */
  async choose(item: string): Promise<void> {
    // A browser renders a background tab only once a second.
    await this.page.bringToFront();
    await this.button('Menu').click();
    await this.page.getByRole('menuitem', { name: item }).click();
  }

  /** Resolves when the list has exactly these titles, in order. */
  async expectTitles(titles: string[]): Promise<void> {
    await expect.poll(() => this.page.locator('.side-title').allTextContents(), WAIT).toEqual(titles);
  }

  /** Opens the conversation whose title contains the text. */
  async openRow(title: string): Promise<void> {
    await this.rows.locator('.side-open').filter({ hasText: title }).click();
    await this.search.waitFor({ state: 'hidden' });
  }
}

const WAIT = { timeout: 10_000 };
const storedKeys = ({ page }: Tab) => page.evaluate(() => Object.keys(localStorage));
const tokenOf = ({ page }: Tab) => page.evaluate(() => localStorage.getItem('rivulet:demo:token') ?? '');

/** Reads the conversations of the token's visitor from the gateway's HTTP API. */
async function conversationsOf(token: string, what: 'conversations' | 'export'): Promise<Conversation[]> {
  const headers = { Authorization: `Bearer ${token}` };
  const response = await fetch(`${harness.gateway.url}/v1/${what}?site=demo`, { headers });
  expect(response.status).toBe(200);
  return ((await response.json()) as { conversations: Conversation[] }).conversations; // as PROTOCOL.md §14 says
}

it('the list shows the newest conversation first, searches the text of messages, and opens a conversation', async () => {
  const tab = await Tab.open();
  await tab.askAndWait('When does the ferry go?');
  await tab.askInNewConversation('What does a chair cost?');
  await tab.askInNewConversation('Is the harbour open?');
  await tab.choose('Conversations');
  await tab.expectTitles(['Is the harbour open?', 'What does a chair cost?', 'When does the ferry go?']);
  await tab.search.fill('zeppelin');
  await tab.page.getByText('Nothing found.').waitFor();
  await tab.search.fill('CHAIR');
  await tab.expectTitles(['What does a chair cost?']);
  await tab.openRow('chair');
  await expect.poll(async () => (await messagesOnPage(tab.page))[0]?.text).toBe('What does a chair cost?');
  await tab.askAndWait('And two of them?');
  await tab.choose('Conversations');
  await tab.expectTitles(['What does a chair cost?', 'Is the harbour open?', 'When does the ferry go?']);
});

it('a renamed conversation has its new name in other tabs and after a reload', async () => {
  const [one, other] = [await Tab.open(), await Tab.open()];
  await one.askAndWait('When does the ferry go?');
  await one.choose('Conversations');
  await one.button('Rename: When does the ferry go?').click();
  const field = one.page.getByRole('textbox', { name: 'Name of the conversation' });
  await field.fill('Not this');
  await field.press('Escape');
  await one.button('Rename: When does the ferry go?').click();
  await field.fill('Ferry');
  await field.press('Enter');
  await one.expectTitles(['Ferry']);
  await other.choose('Conversations');
  await other.expectTitles(['Ferry']);
  await one.reload();
  await one.choose('Conversations');
  await one.expectTitles(['Ferry']);
});

it('a conversation is deleted after a confirmation, and every tab that shows it starts a new one', async () => {
  const [one, other] = [await Tab.open(), await Tab.open()];
  await one.askAndWait('When does the ferry go?');
  await one.askInNewConversation('Is the harbour open?');
  await other.reload();
  await other.waitForText('You asked: Is the harbour open?');
  await one.choose('Conversations');
  await one.button('Delete: Is the harbour open?').click();
  await one.button('Cancel').click();
  await one.expectTitles(['Is the harbour open?', 'When does the ferry go?']);
  await one.button('Delete: Is the harbour open?').click();
  await one.button('Delete').click();
  await one.expectTitles(['When does the ferry go?']);
  for (const tab of [one, other]) await expect.poll(() => messagesOnPage(tab.page), WAIT).toEqual([]);
  await other.choose('Conversations');
  await other.expectTitles(['When does the ferry go?']);
  await other.openRow('ferry');
  await other.waitForText('You asked: When does the ferry go?');
  expect(await conversationsOf(await tokenOf(one), 'conversations')).toHaveLength(1);
});

it('an answer continues while the visitor is in another conversation, and is complete when it is opened again', async () => {
  const tab = await Tab.open();
  const question = 'Take your time [[words:6]]';
  await tab.ask(question);
  await releaseWords(harness.upstream, question, 2);
  await tab.waitForText('word2');
  await tab.askInNewConversation('Is the harbour open?');
  await releaseWords(harness.upstream, question, 2);
  await tab.choose('Conversations');
  await tab.openRow('Take your time');
  await tab.waitForText('word4');
  await tab.choose('Conversations');
  await tab.openRow('Is the harbour open?');
  await tab.waitForText('You asked: Is the harbour open?');
  await releaseWords(harness.upstream, question, 2);
  await tab.choose('Conversations');
  await tab.openRow('Take your time');
  const whole = { role: 'assistant', text: 'word1 word2 word3 word4 word5 word6', end: '' };
  await expect.poll(async () => (await messagesOnPage(tab.page))[1], WAIT).toEqual(whole);
  await tab.waitForIdle();
  expect(await messagesOnPage(tab.page)).toEqual(await messagesInStore(tab.page, harness.gateway.url));
});

it('“Download my data” saves a file with every message of every conversation', async () => {
  const tab = await Tab.open();
  await tab.askAndWait('When does the ferry go?');
  await tab.askAndWait('And back?');
  await tab.askInNewConversation('Is the harbour open?');
  const download = tab.page.waitForEvent('download');
  await tab.choose('Download my data');
  const file = await download;
  expect(file.suggestedFilename()).toBe('conversations.json');
  const { conversations } = JSON.parse(await readFile(await file.path(), 'utf8')) as {
    conversations: Conversation[];
  };
  const texts = conversations.map(({ messages }) => messages.map((one) => textOf(one).split('\n')[0]));
  expect(texts.toSorted((one, other) => other.length - one.length)).toEqual([
    [
      'When does the ferry go?',
      'You asked: **When does the ferry go?**',
      'And back?',
      'You asked: **And back?**',
    ],
    ['Is the harbour open?', 'You asked: **Is the harbour open?**'],
  ]);
});

it('“Erase my data” removes everything from the gateway, the browser storage and every tab', async () => {
  const [one, other] = [await Tab.open(), await Tab.open()];
  await one.askAndWait('When does the ferry go?');
  await one.askInNewConversation('Is the harbour open?');
  await other.reload();
  await other.waitForText('You asked: Is the harbour open?');
  const token = await tokenOf(one);
  expect(await conversationsOf(token, 'conversations')).toHaveLength(2);
  await one.choose('Erase my data');
  await one.button('Cancel').click();
  expect(await conversationsOf(token, 'conversations')).toHaveLength(2);
  await one.choose('Erase my data');
  await one.button('Erase everything').click();
  for (const tab of [one, other]) await expect.poll(() => messagesOnPage(tab.page), WAIT).toEqual([]);
  expect([await conversationsOf(token, 'conversations'), await conversationsOf(token, 'export')]).toEqual([
    [],
    [],
  ]);
  for (const tab of [one, other]) {
    await tab.page.reload();
    await tab.open();
    await tab.choose('Conversations');
    await tab.page.getByText('No conversations yet.').waitFor();
    expect(await storedKeys(tab)).toEqual([]);
  }
});

it('logout() removes everything from every tab and the browser storage, and the gateway keeps the conversation', async () => {
  const [one, other] = [await Tab.open(), await Tab.open()];
  await one.askAndWait('When does the ferry go?');
  await one.composer.fill('A draft');
  await other.reload();
  await other.waitForText('You asked: When does the ferry go?');
  const token = await tokenOf(one);
  await one.page.evaluate(() => globalThis.rivulet?.('logout'));
  for (const tab of [one, other]) {
    await expect.poll(() => messagesOnPage(tab.page), WAIT).toEqual([]);
    await expect.poll(() => tab.composer.inputValue(), WAIT).toBe('');
    expect(await storedKeys(tab)).toEqual([]);
    await tab.page.reload();
    await tab.open();
    await tab.choose('Conversations');
    await tab.page.getByText('No conversations yet.').waitFor();
    expect(await storedKeys(tab)).toEqual([]);
  }
  expect(await conversationsOf(token, 'conversations')).toHaveLength(1);
});
