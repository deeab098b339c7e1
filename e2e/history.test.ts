/** A visitor's conversations as a person works with them: listed, found, renamed, deleted, taken along, erased, forgotten. */
import { readFile } from 'node:fs/promises';
import { textOf, type Conversation } from '@rivulet/protocol';
import type { Browser, BrowserContext } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { ChatOnPage, launchBrowser, watchComplaints, type Complaints } from './support/browser.ts';
import { shownOn, storedFor } from './support/conversation-on-page.ts';
import { say } from './support/paced-answers.ts';
import { startHarness, type Harness } from './support/harness.ts';

const GREETING = 'How can I help?';
let harness: Harness;
let browser: Browser;
let context: BrowserContext;
let complaints: Complaints[];
beforeAll(async () => {
  [browser, harness] = await Promise.all([launchBrowser(), startHarness()]);
});
afterAll(async () => {
  await Promise.all([browser.close(), harness.close()]);
});
beforeEach(async () => {
  complaints = [];
  context = await browser.newContext();
});
afterEach(async () => {
  const said = complaints.flatMap(({ all }) => all);
  await context.close();
  expect(said).toEqual([]);
});

/** The chat with its menu and the list behind it. */
class Tab extends ChatOnPage {
  readonly rows = this.page.locator('.side-row');
  readonly search = this.page.getByRole('searchbox', { name: 'Search conversations' });

  static async open(): Promise<Tab> {
    const page = await context.newPage();
    page.setDefaultTimeout(10_000);
    complaints.push(watchComplaints(page));
    await page.goto(harness.gateway.url);
    const tab = new Tab(page);
    await tab.show();
    return tab;
  }

  button(name: string) {
    return this.page.getByRole('button', { name, exact: true });
  }

  /** Asks, and waits for the whole answer. */
  async talk(text: string): Promise<void> {
    await this.ask(text);
    await this.sees(`You asked: ${text}`);
    await this.isDone();
  }

  async begin(text: string): Promise<void> {
    await this.button('New conversation').click();
    await this.sees(GREETING);
    await this.talk(text);
  }

  async choose(item: string): Promise<void> {
    // A browser draws a tab that nobody looks at once a second.
    await this.page.bringToFront();
    await this.button('Menu').click();
    await this.page.getByRole('menuitem', { name: item }).click();
  }

  /** Resolves when the list, and nothing else, is these, from the top. */
  async lists(titles: string[]): Promise<void> {
    await expect.poll(() => this.page.locator('.side-title').allTextContents(), PATIENT).toEqual(titles);
  }

  async openRow(title: string): Promise<void> {
    await this.rows.locator('.side-open').filter({ hasText: title }).click();
    await this.search.waitFor({ state: 'hidden' });
  }
}

const PATIENT = { timeout: 10_000 };
const storedKeys = ({ page }: Tab) => page.evaluate(() => Object.keys(localStorage));
const tokenOf = ({ page }: Tab) => page.evaluate(() => localStorage.getItem('rivulet:demo:token') ?? '');

/** What the gateway still has of whoever has this token. */
async function kept(token: string, what: 'conversations' | 'export'): Promise<Conversation[]> {
  const headers = { Authorization: `Bearer ${token}` };
  const response = await fetch(`${harness.gateway.url}/v1/${what}?site=demo`, { headers });
  expect(response.status).toBe(200);
  return ((await response.json()) as { conversations: Conversation[] }).conversations; // as PROTOCOL.md §14 says
}

it('conversations are listed with the newest first, found by what was said in them, and opened again', async () => {
  const tab = await Tab.open();
  await tab.talk('When does the ferry go?');
  await tab.begin('What does a chair cost?');
  await tab.begin('Is the harbour open?');
  await tab.choose('Conversations');
  await tab.lists(['Is the harbour open?', 'What does a chair cost?', 'When does the ferry go?']);
  await tab.search.fill('zeppelin');
  await tab.page.getByText('Nothing found.').waitFor();
  await tab.search.fill('CHAIR');
  await tab.lists(['What does a chair cost?']);
  await tab.openRow('chair');
  await expect.poll(async () => (await shownOn(tab.page))[0]?.text).toBe('What does a chair cost?');
  await tab.talk('And two of them?');
  await tab.choose('Conversations');
  await tab.lists(['What does a chair cost?', 'Is the harbour open?', 'When does the ferry go?']);
});

it('a new name is there in the other tab and after a reload', async () => {
  const [one, other] = [await Tab.open(), await Tab.open()];
  await one.talk('When does the ferry go?');
  await one.choose('Conversations');
  await one.button('Rename: When does the ferry go?').click();
  const field = one.page.getByRole('textbox', { name: 'Name of the conversation' });
  await field.fill('Not this');
  await field.press('Escape');
  await one.button('Rename: When does the ferry go?').click();
  await field.fill('Ferry');
  await field.press('Enter');
  await one.lists(['Ferry']);
  await other.choose('Conversations');
  await other.lists(['Ferry']);
  await one.reload();
  await one.choose('Conversations');
  await one.lists(['Ferry']);
});

it('a conversation is deleted once that is confirmed, and every tab that shows it begins anew', async () => {
  const [one, other] = [await Tab.open(), await Tab.open()];
  await one.talk('When does the ferry go?');
  await one.begin('Is the harbour open?');
  await other.reload();
  await other.sees('You asked: Is the harbour open?');
  await one.choose('Conversations');
  await one.button('Delete: Is the harbour open?').click();
  await one.button('Cancel').click();
  await one.lists(['Is the harbour open?', 'When does the ferry go?']);
  await one.button('Delete: Is the harbour open?').click();
  await one.button('Delete').click();
  await one.lists(['When does the ferry go?']);
  for (const tab of [one, other]) await expect.poll(() => shownOn(tab.page), PATIENT).toEqual([]);
  await other.choose('Conversations');
  await other.lists(['When does the ferry go?']);
  await other.openRow('ferry');
  await other.sees('You asked: When does the ferry go?');
  expect(await kept(await tokenOf(one), 'conversations')).toHaveLength(1);
});

it('an answer goes on while its visitor talks elsewhere, and is whole when they come back', async () => {
  const tab = await Tab.open();
  const asked = 'Take your time [[words:6]]';
  await tab.ask(asked);
  await say(harness.upstream, asked, 2);
  await tab.sees('word2');
  await tab.begin('Is the harbour open?');
  await say(harness.upstream, asked, 2);
  await tab.choose('Conversations');
  await tab.openRow('Take your time');
  await tab.sees('word4');
  await tab.choose('Conversations');
  await tab.openRow('Is the harbour open?');
  await tab.sees('You asked: Is the harbour open?');
  await say(harness.upstream, asked, 2);
  await tab.choose('Conversations');
  await tab.openRow('Take your time');
  const whole = { role: 'assistant', text: 'word1 word2 word3 word4 word5 word6', end: '' };
  await expect.poll(async () => (await shownOn(tab.page))[1], PATIENT).toEqual(whole);
  await tab.isDone();
  expect(await shownOn(tab.page)).toEqual(await storedFor(tab.page, harness.gateway.url));
});

it('“Download my data” gives a file with every message of every conversation', async () => {
  const tab = await Tab.open();
  await tab.talk('When does the ferry go?');
  await tab.talk('And back?');
  await tab.begin('Is the harbour open?');
  const download = tab.page.waitForEvent('download');
  await tab.choose('Download my data');
  const file = await download;
  expect(file.suggestedFilename()).toBe('conversations.json');
  const { conversations } = JSON.parse(await readFile(await file.path(), 'utf8')) as {
    conversations: Conversation[];
  };
  const words = conversations.map(({ messages }) => messages.map((one) => textOf(one).split('\n')[0]));
  expect(words.toSorted((one, other) => other.length - one.length)).toEqual([
    [
      'When does the ferry go?',
      'You asked: **When does the ferry go?**',
      'And back?',
      'You asked: **And back?**',
    ],
    ['Is the harbour open?', 'You asked: **Is the harbour open?**'],
  ]);
});

it('“Erase my data” leaves nothing on the gateway, in the browser and on any screen', async () => {
  const [one, other] = [await Tab.open(), await Tab.open()];
  await one.talk('When does the ferry go?');
  await one.begin('Is the harbour open?');
  await other.reload();
  await other.sees('You asked: Is the harbour open?');
  const token = await tokenOf(one);
  expect(await kept(token, 'conversations')).toHaveLength(2);
  await one.choose('Erase my data');
  await one.button('Cancel').click();
  expect(await kept(token, 'conversations')).toHaveLength(2);
  await one.choose('Erase my data');
  await one.button('Erase everything').click();
  for (const tab of [one, other]) await expect.poll(() => shownOn(tab.page), PATIENT).toEqual([]);
  expect([await kept(token, 'conversations'), await kept(token, 'export')]).toEqual([[], []]);
  for (const tab of [one, other]) {
    await tab.page.reload();
    await tab.open();
    await tab.choose('Conversations');
    await tab.page.getByText('No conversations yet.').waitFor();
    expect(await storedKeys(tab)).toEqual([]);
  }
});

it('after logout() the next person at this screen finds nothing, and what was said is still kept', async () => {
  const [one, other] = [await Tab.open(), await Tab.open()];
  await one.talk('When does the ferry go?');
  await one.composer.fill('A draft');
  await other.reload();
  await other.sees('You asked: When does the ferry go?');
  const token = await tokenOf(one);
  await one.page.evaluate(() => globalThis.rivulet?.('logout'));
  for (const tab of [one, other]) {
    await expect.poll(() => shownOn(tab.page), PATIENT).toEqual([]);
    await expect.poll(() => tab.composer.inputValue(), PATIENT).toBe('');
    expect(await storedKeys(tab)).toEqual([]);
    await tab.page.reload();
    await tab.open();
    await tab.choose('Conversations');
    await tab.page.getByText('No conversations yet.').waitFor();
    expect(await storedKeys(tab)).toEqual([]);
  }
  expect(await kept(token, 'conversations')).toHaveLength(1);
});
