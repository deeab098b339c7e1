/** Branches of a conversation: regenerated answers and edited questions, across reloads and tabs. */
import type { Browser, BrowserContext } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { ChatOnPage, launchBrowser, watchPageErrors, type PageErrors } from './support/browser.ts';
import { startHarness, type Harness } from './support/harness.ts';

let browser: Browser;
let harness: Harness;
let context: BrowserContext;
let chat: ChatOnPage;
let pageErrors: PageErrors;

beforeAll(async () => {
  [browser, harness] = await Promise.all([launchBrowser(), startHarness()]);
});
afterAll(async () => {
  await Promise.all([browser.close(), harness.close()]);
});
beforeEach(async () => {
  context = await browser.newContext();
  chat = await ChatOnPage.visit(context, harness.gateway.url);
  pageErrors = watchPageErrors(chat.page);
  await chat.open();
});
afterEach(async () => {
  await context.close();
  expect(pageErrors.all).toEqual([]);
});

const button = (name: string) => chat.page.getByRole('button', { name, exact: true });
/** The texts of the visitor's own messages, in order. */
const questions = () => chat.transcript.locator('.words').allTextContents();
const ask = async (text: string) => {
  await chat.ask(text);
  await chat.waitForText(`You asked: ${text}`);
  await chat.waitForIdle();
};
const editTo = async (text: string) => {
  const field = chat.page.getByRole('textbox', { name: 'Edit' });
  await field.fill(text);
  await field.press('Enter');
  await chat.waitForText(`You asked: ${text}`);
  await chat.waitForIdle();
};

it('regenerated answers, edited questions and a continued older branch survive a reload', async () => {
  await ask('First');
  await button('Regenerate').click();
  await chat.transcript.getByText('2/2').waitFor();
  await chat.waitForIdle();
  await button('Previous version').click();
  await chat.transcript.getByText('1/2').waitFor();

  await ask('Second');
  await button('Edit').nth(1).click();
  await editTo('Second, otherwise');
  expect(await questions()).toEqual(['First', 'Second, otherwise']);

  await button('Previous version').nth(1).click();
  await chat.waitForText('You asked: Second');
  await ask('Third');
  expect(await questions()).toEqual(['First', 'Second', 'Third']);

  await chat.reload();
  await chat.waitForText('You asked: Third');
  expect(await questions()).toEqual(['First', 'Second', 'Third']);
  await button('Next version').nth(1).click();
  await chat.waitForText('You asked: Second, otherwise');
  expect(await questions()).toEqual(['First', 'Second, otherwise']);
});

it('the tabs and pages of one visitor share the open panel, the draft and the unread count', async () => {
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

it('neither the draft nor the panel state is stored before the visitor has sent a message', async () => {
  await chat.composer.fill('Only a draft');
  await chat.page.getByRole('button', { name: 'Close chat' }).last().click();
  expect(await chat.page.evaluate(() => Object.keys(localStorage))).toEqual([]);
});
