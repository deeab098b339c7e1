/** Messages that are written during an answer: all tabs of a browser show them, a reload keeps them, and each is sent once. */
import type { Browser, BrowserContext } from 'playwright';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ChatOnPage, launchBrowser, watchPageErrors } from './support/browser.ts';
import { messagesOnPage } from './support/conversation-comparison.ts';
import { releaseWords, requestsWithQuestion } from './support/gated-answers.ts';
import { startHarness, type Harness } from './support/harness.ts';

let browser: Browser;
let context: BrowserContext;
let harness: Harness;

beforeAll(async () => {
  [browser, harness] = await Promise.all([launchBrowser(), startHarness()]);
  context = await browser.newContext();
});
afterAll(async () => {
  await browser.close();
  await harness.close();
});

/** Long, because tabs hand their connection over when one is reloaded. */
const WAIT = { timeout: 20_000 };
const ANSWER = 'Tell me [[words:3]]';
const [FIRST, NEXT] = ['And then? [[words:1]]', 'And at last? [[words:1]]'] as const;

async function openTab() {
  const page = await context.newPage();
  const errors = watchPageErrors(page);
  await page.goto(harness.gateway.url);
  const tab = new ChatOnPage(page);
  await tab.openByMethod();
  const queue = page.getByRole('list', { name: 'Sent when the answer is finished' }).locator('.queue-text');
  const expectQueue = (...texts: string[]) => expect.poll(() => queue.allTextContents(), WAIT).toEqual(texts);
  return { tab, page, errors, expectQueue };
}

it('wait in all tabs and over a reload; one is taken back in the other tab, and the other is sent once', async () => {
  const { upstream } = harness;
  const [first, second] = [await openTab(), await openTab()];
  await first.tab.ask(ANSWER);
  await releaseWords(upstream, ANSWER, 1);
  await second.tab.waitForText('word1');
  await first.tab.ask(FIRST);
  await first.tab.ask(NEXT);
  for (const { expectQueue } of [first, second]) await expectQueue(FIRST, NEXT);
  await first.tab.reload();
  await first.expectQueue(FIRST, NEXT);
  await second.page.getByRole('button', { name: `Remove: ${FIRST}` }).click();
  for (const { expectQueue } of [first, second]) await expectQueue(NEXT);
  await releaseWords(upstream, ANSWER, 2);
  await releaseWords(upstream, NEXT, 1);
  for (const { page, tab, expectQueue } of [first, second]) {
    await expect
      .poll(async () => (await messagesOnPage(page)).map(({ text }) => text), WAIT)
      .toEqual([ANSWER, 'word1 word2 word3', NEXT, 'word1']);
    await tab.waitForIdle();
    await expectQueue();
  }
  expect(await requestsWithQuestion(upstream, NEXT)).toHaveLength(1);
  expect(await requestsWithQuestion(upstream, FIRST)).toEqual([]);
  expect([first.errors.all, second.errors.all]).toEqual([[], []]);
});
