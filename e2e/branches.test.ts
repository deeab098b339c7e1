import type { Browser, BrowserContext } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { ChatOnPage, launchBrowser, watchComplaints, type Complaints } from './support/browser.ts';
import { startHarness, type Harness } from './support/harness.ts';

let browser: Browser;
let harness: Harness;
let context: BrowserContext;
let chat: ChatOnPage;
let complaints: Complaints;

beforeAll(async () => {
  [browser, harness] = await Promise.all([launchBrowser(), startHarness()]);
});
afterAll(async () => {
  await Promise.all([browser.close(), harness.close()]);
});
beforeEach(async () => {
  context = await browser.newContext();
  chat = await ChatOnPage.visit(context, harness.gateway.url);
  complaints = watchComplaints(chat.page);
  await chat.open();
});
afterEach(async () => {
  await context.close();
  expect(complaints.all).toEqual([]);
});

const button = (name: string) => chat.page.getByRole('button', { name, exact: true });
/** What the visitor's own messages say, from the top. */
const questions = () => chat.transcript.locator('.words').allTextContents();
const ask = async (text: string) => {
  await chat.ask(text);
  await chat.sees(`You asked: ${text}`);
  await chat.isDone();
};
const editTo = async (text: string) => {
  const field = chat.page.getByRole('textbox', { name: 'Edit' });
  await field.fill(text);
  await field.press('Enter');
  await chat.sees(`You asked: ${text}`);
  await chat.isDone();
};

it('a visitor asks again, turns back, edits, goes on with an older branch, and a reload keeps all of it', async () => {
  await ask('First');
  await button('Answer again').click();
  await chat.transcript.getByText('2/2').waitFor();
  await chat.isDone();
  await button('Previous version').click();
  await chat.transcript.getByText('1/2').waitFor();

  await ask('Second');
  await button('Edit').nth(1).click();
  await editTo('Second, otherwise');
  expect(await questions()).toEqual(['First', 'Second, otherwise']);

  await button('Previous version').nth(1).click();
  await chat.sees('You asked: Second');
  await ask('Third');
  expect(await questions()).toEqual(['First', 'Second', 'Third']);

  await chat.reload();
  await chat.sees('You asked: Third');
  expect(await questions()).toEqual(['First', 'Second', 'Third']);
  await button('Next version').nth(1).click();
  await chat.sees('You asked: Second, otherwise');
  expect(await questions()).toEqual(['First', 'Second, otherwise']);
});

it('the panel, the draft and the count of unseen answers go with the visitor to other tabs and pages', async () => {
  await ask('Hello');
  await chat.composer.fill('Half a sentence');
  const other = await ChatOnPage.visit(context, harness.gateway.url);
  await other.composer.waitFor();
  expect(await other.composer.inputValue()).toBe('Half a sentence');
  expect(await other.page.evaluate(() => document.activeElement?.localName)).toBe('body');

  for (const { page } of [chat, other]) await page.getByRole('button', { name: 'Close chat' }).last().click();
  await chat.page.evaluate(() =>
    (
      document.querySelector('rivulet-chat') as unknown as { sendMessage(text: string): Promise<unknown> }
    ).sendMessage('While you are away'),
  );
  for (const { page } of [chat, other]) await page.getByRole('button', { name: 'Open chat – 1' }).waitFor();
  await other.open();
  await chat.launcher.and(chat.page.getByRole('button', { name: 'Open chat', exact: true })).waitFor();
});

it('nothing of it is stored before the visitor has sent something', async () => {
  await chat.composer.fill('Only a draft');
  await chat.page.getByRole('button', { name: 'Close chat' }).last().click();
  expect(await chat.page.evaluate(() => Object.keys(localStorage))).toEqual([]);
});
