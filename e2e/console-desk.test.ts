/** The desk in the operator's console, in Chromium: people take conversations over, answer, note and hand on, while visitors chat. */
import type { Browser, Route } from 'playwright';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ChatOnPage, launchBrowser } from './support/browser.ts';
import { deskConfiguration, Desks, queue, type DeskOnPage } from './support/desk-console.ts';
import { startHarness, type Harness } from './support/harness.ts';
import { focusedName } from './support/keyboard.ts';

let browser: Browser;
let harness: Harness;
let desks: Desks;
const chats: ChatOnPage[] = [];

beforeAll(async () => {
  [browser, harness] = await Promise.all([launchBrowser(), startHarness({ args: deskConfiguration })]);
  desks = new Desks(browser, () => harness.gateway.url);
});
afterAll(async () => {
  await Promise.all([browser.close(), harness.close()]);
});
afterEach(async () => {
  for (const chat of chats.splice(0)) await chat.page.context().close();
  expect(await desks.close()).toEqual([]);
});

const queueUp = (question: string) => queue(harness.gateway.url, question);

/** A visitor in a browser of their own, who asks. */
async function visit(question: string): Promise<ChatOnPage> {
  const chat = await ChatOnPage.visit(await browser.newContext(), harness.gateway.url);
  chats.push(chat);
  await chat.open();
  await chat.ask(question);
  await chat.waitForText(question.replace(/\s*\[\[.*/, ''));
  return chat;
}

/** Finds a conversation of the model by the search of the console, and opens it at the desk. */
async function openBySearch(desk: DeskOnPage, text: string): Promise<void> {
  const { page } = desk;
  await page.goto(new URL(`/admin/conversations?text=${encodeURIComponent(text)}`, harness.gateway.url).href);
  await page.getByRole('listitem').getByRole('link').first().click();
  await page.getByRole('link', { name: 'Open at the desk' }).click();
  await page.getByRole('button', { name: 'Take over' }).waitFor();
}

describe('the desk', () => {
  it('takes a conversation over in mid-answer, answers it, notes what the visitor does not see, and gives it back', async () => {
    const chat = await visit('Where is my table? [[hang-mid]]');
    await chat.waitForText('The first half of a sentence');
    const desk = await desks.open('ada');
    await openBySearch(desk, 'where is my table');
    await desk.transcript.getByText('The first half of a sentence').waitFor();
    await desk.press('Take over');
    await desk.page.getByText('You answer this conversation.').waitFor();
    await chat.waitForText('Ada Lovelace has joined the conversation.');
    await expect.poll(() => focusedName(desk.page)).toBe('textbox Reply to the visitor');
    await desk.page.keyboard.type('I look for it.');
    await chat.page.getByText('Typing…').waitFor();
    await desk.page.keyboard.press('Shift+Enter');
    await desk.page.keyboard.type('One moment.');
    await desk.page.keyboard.press('Enter');
    await chat.waitForText(/I look for it\.\s*One moment\./);
    await desk.transcript.getByText('One moment.').waitFor();
    await desk.press('Note');
    await desk.note.fill('The carrier has lost it');
    await desk.note.press('Enter');
    await desk.transcript.getByText('Private note of ada').waitFor();
    expect(await desk.note.inputValue()).toBe('');
    await chat.ask('Thank you!');
    await desk.transcript.getByText('Thank you!').waitFor();
    expect(await desk.violations()).toEqual([]);
    await desk.press('Back to the AI');
    await chat.waitForText('The AI assistant answers again.');
    await chat.ask('And a chair?');
    await chat.waitForText('That was the whole answer.');
    await desk.transcript.getByText('That was the whole answer.').waitFor();
    expect(await chat.transcript.textContent()).not.toContain('carrier');
  });

  it('tells the second of two people who has the conversation, and offers no reply to them', async () => {
    const { client } = await queueUp('Two of you');
    const [ada, bob] = [await desks.open('ada'), await desks.open('bob')];
    for (const desk of [ada, bob]) await desk.openConversation('Two of you');
    // Bob's request waits on its way until Ada has the conversation.
    await bob.page.route('**/admin/api/**', async (route) => {
      if (route.request().url().endsWith('/take')) await ada.page.getByText('You answer this').waitFor();
      await route.continue();
    });
    await bob.press('Take over');
    await ada.press('Take over');
    await bob.page.getByRole('alert').filter({ hasText: 'Ada Lovelace has this conversation.' }).waitFor();
    await bob.page.getByText('Ada Lovelace has this conversation.', { exact: true }).first().waitFor();
    expect(await bob.reply.count()).toBe(0);
    expect(await bob.page.getByRole('button', { name: 'Take over' }).count()).toBe(0);
    expect(client.view?.conversation.owner?.person?.name).toBe('Ada Lovelace');
  });

  it('tells of visitors who begin to wait: in the list, in the title of the window, and aloud', async () => {
    const desk = await desks.open('cleo');
    await desk.page.getByRole('heading', { name: 'Desk' }).waitFor();
    await desk.page.getByRole('link', { name: /^Unassigned/ }).click();
    await desk.page.getByText('Nobody waits to be taken.').or(desk.rows.first()).first().waitFor();
    const before = Number(/^\((\d+)\)/.exec(await desk.page.title())?.[1] ?? 0);
    const { say } = await queueUp('Is anybody there');
    await desk.rows.filter({ hasText: 'Is anybody there' }).getByText('Due in 4 min').waitFor();
    expect(await desk.page.title()).toBe(`(${before + 1}) Desk – Rivulet console`);
    expect(await desk.announced()).toBe('A visitor waits: Is anybody there');
    await desk.openConversation('Is anybody there');
    await desk.press('Take over');
    await desk.reply.waitFor();
    await desk.page.getByRole('link', { name: /^Mine/ }).click();
    await desk.rows.filter({ hasText: 'Is anybody there' }).waitFor();
    say('I still wait');
    await desk.transcript.getByText('I still wait').waitFor();
    await expect.poll(() => desk.announced()).toBe('Visitor: I still wait');
    await desk.reply.fill('Hello.');
    await desk.reply.press('Enter');
    await expect
      .poll(() => desk.rows.filter({ hasText: 'Is anybody there' }).getByText(/^Due/).count())
      .toBe(0);
  });

  it('keeps a reply that could not be sent, and sends it once when it can', async () => {
    const { client } = await queueUp('A bad connection');
    const desk = await desks.open('ada');
    await desk.openConversation('A bad connection');
    await desk.press('Take over');
    await desk.reply.waitFor();
    await desk.page.route('**/reply', (route) => route.abort());
    await desk.reply.fill('It is on its way');
    await desk.reply.press('Enter');
    await desk.page.getByRole('alert').getByText('The gateway cannot be reached.').waitFor();
    await desk.page.getByRole('link', { name: 'Overview' }).click();
    await desk.page.getByRole('heading', { name: 'Overview' }).waitFor();
    await desk.page.goBack();
    await desk.page.getByText('Not sent: It is on its way').waitFor();
    await desk.page.unroute('**/reply');
    // The gateway gets it, and its answer is lost.
    const loseAnswer = async (route: Route) => {
      await route.fetch();
      await route.abort();
    };
    await desk.page.route('**/reply', loseAnswer, { times: 1 });
    await desk.press('Send again');
    await expect.poll(() => desk.page.getByText('Not sent:').count()).toBe(0);
    const written = () =>
      client.view?.conversation.messages.filter(({ role }) => role === 'agent').map(({ parts }) => parts);
    await expect.poll(written).toHaveLength(1);
    expect(await desk.transcript.getByText('It is on its way').count()).toBe(1);
  });

  it('keeps what was begun, by conversation and by reader, and inserts a saved reply that is found by the keyboard', async () => {
    await queueUp('First of two drafts');
    await queueUp('Second of two drafts');
    const desk = await desks.open('ada');
    await desk.openConversation('First of two drafts');
    await desk.note.fill('a note about the first');
    await desk.press('Take over');
    await desk.reply.fill('Dear visitor,');
    await desk.openConversation('Second of two drafts');
    expect(await desk.note.inputValue()).toBe('');
    await desk.openConversation('First of two drafts');
    expect(await desk.reply.inputValue()).toBe('Dear visitor,');
    await desk.page.getByRole('button', { name: 'Saved replies…' }).press('Enter');
    expect(await desk.violations()).toEqual([]);
    await desk.page.keyboard.type('30 days');
    await desk.page.keyboard.press('ArrowDown');
    await expect.poll(() => focusedName(desk.page)).toContain('Returns');
    await desk.page.keyboard.press('Enter');
    await expect.poll(() => desk.reply.inputValue()).toBe('Dear visitor,\nSend it back within 30 days.');
    await expect.poll(() => focusedName(desk.page)).toBe('textbox Reply to the visitor');
    await desk.press('Note');
    expect(await desk.note.inputValue()).toBe('a note about the first');
  });

  it('snoozes, closes, reopens and hands on, with the keyboard alone', async () => {
    await queueUp('By the keyboard');
    const [bob, desk] = [await desks.open('bob'), await desks.open('ada')];
    const { page } = desk;
    const key = async (name: string) => {
      await page.getByRole('button', { name, exact: true }).focus();
      await page.keyboard.press('Enter');
    };
    await desk.rows.filter({ hasText: 'By the keyboard' }).focus();
    await page.keyboard.press('Enter');
    await expect.poll(() => focusedName(page)).toBe('h2 By the keyboard');
    await key('Take over');
    await expect.poll(() => focusedName(page)).toBe('textbox Reply to the visitor');
    await key('Snooze…');
    await page.keyboard.press('Escape');
    await expect.poll(() => focusedName(page)).toBe('button Snooze…');
    await page.keyboard.press('Enter');
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /^Tomorrow/ })
      .press('Enter');
    await page.getByText(/^Snoozed until /).waitFor();
    await page.getByRole('link', { name: 'Snoozed' }).press('Enter');
    await desk.rows.filter({ hasText: 'By the keyboard' }).waitFor();
    await key('Reopen');
    await page.getByRole('button', { name: 'Snooze…' }).waitFor();
    await key('Close');
    await page.getByRole('link', { name: 'Closed' }).press('Enter');
    await desk.rows.filter({ hasText: 'By the keyboard' }).waitFor();
    await key('Reopen');
    await page.getByRole('button', { name: 'Snooze…' }).waitFor();
    await expect.poll(() => focusedName(page)).toBe('h2 By the keyboard');
    await key('Transfer…');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.type('Bob');
    await page.keyboard.press('Enter');
    await page.getByText('Bob has this conversation.').waitFor();
    await bob.page.getByRole('link', { name: /^Mine/ }).click();
    await bob.openConversation('By the keyboard');
    await bob.reply.waitFor();
  });

  it('lets an admin take a conversation from somebody else', async () => {
    await queueUp('From hand to hand');
    const [ada, cleo] = [await desks.open('ada'), await desks.open('cleo')];
    await ada.openConversation('From hand to hand');
    await ada.press('Take over');
    await ada.reply.waitFor();
    await cleo.openConversation('From hand to hand');
    await cleo.press('Take from Ada Lovelace');
    await cleo.reply.waitFor();
    await ada.page.getByText('Cleo has this conversation.').waitFor();
    expect(await ada.reply.count()).toBe(0);
  });

  it('shows and changes whether the user is there', async () => {
    const desk = await desks.open('bob');
    const select = desk.page.getByLabel('Your availability');
    await select.locator('option', { hasText: 'Automatic: Online' }).waitFor({ state: 'attached' });
    await select.selectOption('away');
    await desk.page.reload();
    await expect.poll(() => select.inputValue()).toBe('away');
    await select.selectOption('auto');
    await select.locator('option', { hasText: 'Automatic: Online' }).waitFor({ state: 'attached' });
  });

  it('shows the address that a visitor has left', async () => {
    const { client, conversationId } = await queueUp('Write to me');
    const address = { name: 'Vi', email: 'vi@example.com', consent: true } as const;
    await client.answer(client.send({ type: 'leave-address', conversationId, ...address }));
    const desk = await desks.open('ada');
    await desk.openConversation('Write to me');
    await desk.page.getByRole('link', { name: 'vi@example.com' }).waitFor();
  });

  it('is not there for who only reads', async () => {
    const desk = await desks.open('vera', { path: '/admin' });
    await desk.page.getByRole('link', { name: 'Overview' }).waitFor();
    expect(await desk.page.getByRole('link', { name: 'Desk' }).count()).toBe(0);
    await desk.page.goto(new URL('/admin/desk', harness.gateway.url).href);
    await desk.page.getByRole('heading', { name: 'There is no such page.' }).waitFor();
  });
});
