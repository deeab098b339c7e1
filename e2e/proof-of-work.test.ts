/** A site that asks new visitors for a proof of work: the widget solves it unseen, and the first message waits for it. */
import type { Browser, BrowserContext, Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { ChatOnPage, launchBrowser, watchPageErrors, type PageErrors } from './support/browser.ts';
import { startHarness, type Harness } from './support/harness.ts';
import {
  fetchIntegrityManifest,
  pinnedScriptTag,
  startHostPage,
  strictestHtml,
  strictestPolicy,
  type HostPage,
} from './support/host-page.ts';

let browser: Browser;
let harness: Harness;
let host: HostPage;
let context: BrowserContext;
let page: Page;
let pageErrors: PageErrors;
let workers: number;

beforeAll(async () => {
  const environment = { RIVULET_PROOF_OF_WORK: '{"when":"always"}' };
  [browser, harness] = await Promise.all([launchBrowser(), startHarness({ environment })]);
  const { url } = harness.gateway;
  const pinned = await fetchIntegrityManifest(url);
  const html = () =>
    strictestHtml(url, pinned, `<main><h1>A harbour</h1></main>${pinnedScriptTag(url, pinned)}`);
  host = await startHostPage({ html, policy: strictestPolicy(url, pinned) });
});
afterAll(async () => {
  await Promise.all([browser.close(), host.close(), harness.close()]);
});
beforeEach(async () => {
  context = await browser.newContext();
  page = await context.newPage();
  pageErrors = watchPageErrors(page);
  workers = 0;
  page.on('worker', () => (workers += 1));
});
afterEach(async () => {
  await context.close();
  expect(pageErrors.all).toEqual([]);
});

/** Asks at once, reads the answer, and asks again. */
async function talk(url: string): Promise<ChatOnPage> {
  await page.goto(url);
  const chat = new ChatOnPage(page);
  await chat.open();
  await chat.ask('What is the plan?');
  await chat.waitForText('That was the whole answer.');
  await chat.waitForIdle();
  return chat;
}
/** How often the page loaded the solver, which is known by what it alone contains. */
const solverLoads = async () => {
  const urls = await page.evaluate(() =>
    performance
      .getEntriesByType('resource')
      .map(({ name }) => name)
      .filter((name) => name.endsWith('.js')),
  );
  const texts = await Promise.all(urls.map(async (url) => (await fetch(url)).text()));
  return texts.filter((text) => text.includes('PBKDF2')).length;
};

it('is answered on a page of another origin under the strictest policy, without a worker or a report', async () => {
  await talk(host.url);
  expect([workers, host.reports]).toEqual([0, []]);
  expect(await solverLoads()).toBeGreaterThan(0);
});

it('is answered in a worker on a page of the gateway’s own origin', async () => {
  await talk(harness.gateway.url);
  expect(workers).toBe(1);
});

it('is not asked for again: neither of a visitor who comes back, nor in a second tab', async () => {
  await talk(harness.gateway.url);
  await page.reload();
  const again = new ChatOnPage(page);
  await again.waitForText('That was the whole answer.');
  const second = await ChatOnPage.visit(context, harness.gateway.url);
  await second.openByMethod();
  await second.waitForText('That was the whole answer.');
  expect(workers).toBe(1);
  expect(second.page.workers()).toEqual([]);
});
