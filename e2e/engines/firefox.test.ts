/** The main actions of a visitor in Firefox, against a real gateway. */
import type { Browser, BrowserContext } from 'puppeteer-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { ChatInFirefox, launchFirefox } from '../support/firefox.ts';
import {
  pinnedScriptTag,
  fetchIntegrityManifest,
  startHostPage,
  strictestHtml,
  strictestPolicy,
} from '../support/host-page.ts';
import { focusedName } from '../support/keyboard.ts';
import { startHarness, type Harness } from '../support/harness.ts';

let browser: Browser;
let harness: Harness;
let context: BrowserContext;
let chat: ChatInFirefox;
let visited: ChatInFirefox[];

beforeAll(async () => {
  [browser, harness] = await Promise.all([launchFirefox(), startHarness()]);
});
afterAll(async () => {
  await Promise.all([browser.close(), harness.close()]);
});
beforeEach(async () => {
  context = await browser.createBrowserContext();
  visited = [];
  chat = await visit();
});
afterEach(async () => {
  await context.close();
  expect(visited.flatMap(({ pageErrors }) => pageErrors)).toEqual([]);
});

async function visit(url = harness.gateway.url): Promise<ChatInFirefox> {
  const opened = await ChatInFirefox.visit(context, url);
  visited.push(opened);
  return opened;
}
/** Resolves when the upstream has requests that match the query, e.g. `state=gated` or `scene=truncate&count=2`. */
const waitForUpstreamRequests = (what: string) =>
  fetch(`${harness.upstream.origin}/control/requests?${what}`);
/** Waits until the upstream's answer is at a gate, and releases it. */
const release = async () => {
  await waitForUpstreamRequests('state=gated');
  await fetch(`${harness.upstream.origin}/control/release?count=1`, { method: 'POST' });
};
const expectFocus = (name: string) =>
  expect.poll(() => focusedName(chat.page), { timeout: 20_000 }).toBe(name);

it('a visitor opens the panel, asks, and reads a streamed answer with a table, a list and code', async () => {
  await chat.open();
  await chat.ask('Show me [[showcase]]');
  for (const tag of ['table', 'ol', 'pre']) await chat.waitForElement(`.markdown ${tag}`);
  await release();
  await chat.waitForText('That was everything.');
  await chat.waitForIdle();
});

it('a stop aborts the upstream request, and the text so far stays', async () => {
  await chat.open();
  await chat.ask('Take your time [[hang-mid]]');
  await chat.waitForText('half of a sentence');
  await chat.clickButton('Stop answering');
  await chat.waitForText('You stopped this answer.');
  await waitForUpstreamRequests('state=client-closed&scene=hang-mid');
  expect(await chat.transcript()).toContain('half of a sentence');
});

it('a truncated answer is marked as such, and a retry requests a new one', async () => {
  await chat.open();
  await chat.ask('Break off [[truncate]]');
  await chat.waitForText('broke off');
  await chat.clickButton('Try again');
  await waitForUpstreamRequests('scene=truncate&count=2');
  await chat.waitForText('2/2');
  await chat.waitForIdle();
});

it('a page reloaded during an answer shows the whole answer once', async () => {
  await chat.open();
  await chat.ask('Slowly [[words:4]]');
  await release();
  await chat.waitForText('word1');
  await chat.page.reload();
  await chat.waitUntilOpen();
  await chat.waitForText('word1');
  for (let word = 2; word <= 4; word += 1) {
    await release();
    await chat.waitForText(`word${word}`);
  }
  await chat.waitForIdle();
  expect(await chat.countText('word1')).toBe(1);
});

it('a second tab shows the answer while it is written, also after the first tab was closed', async () => {
  await chat.open();
  await chat.ask('Slowly [[words:3]]');
  await release();
  await chat.waitForText('word1');
  const second = await visit();
  await second.waitUntilOpen();
  await second.waitForText('word1');
  await release();
  await second.waitForText('word2');
  await chat.page.close();
  await release();
  await second.waitForText('word3');
  await second.waitForIdle();
  expect(await second.countText('word1')).toBe(1);
});

it('keys that are typed in the widget reach no shortcut of the page (W49)', async () => {
  await chat.page.evaluate(() => {
    const heard: string[] = [];
    Object.assign(globalThis, { heard });
    for (const type of ['keydown', 'keypress', 'keyup', 'focusin', 'focus', 'blur'])
      for (const isCapturing of [true, false])
        document.addEventListener(
          type,
          ({ target }) =>
            target instanceof Element && heard.push(`${type} ${target.localName} ${isCapturing}`),
          isCapturing,
        );
  });
  await chat.open();
  await chat.ask('/ is a key');
  await chat.waitForText('/ is a key');
  expect(await chat.page.evaluate(() => (globalThis as unknown as { heard: string[] }).heard)).toEqual([]);
});

it('the panel works by keyboard, and the focus is never lost', async () => {
  const { keyboard } = chat.page;
  await chat.waitForElement('.launcher');
  await chat.page.focus('body');
  for (let step = 0; step < 40 && (await focusedName(chat.page)) !== 'button Open chat'; step += 1)
    await keyboard.press('Tab');
  await keyboard.press('Enter');
  await expectFocus('textbox Message');
  await keyboard.type('Take your time [[hang-mid]]');
  await keyboard.press('Enter');
  await chat.waitForText('half of a sentence');
  await keyboard.press('Escape');
  await chat.waitForText('You stopped this answer.');
  await expectFocus('textbox Message');
  await keyboard.press('F6');
  await expectFocus('region Conversation');
  await keyboard.press('F6');
  await expectFocus('textbox Message');
  await keyboard.press('Escape');
  await expectFocus('button Open chat');
});

it('a page with the strictest policy, Trusted Types and hashes has no violation and no console error', async () => {
  const { url } = harness.gateway;
  const pinned = await fetchIntegrityManifest(url);
  const host = await startHostPage({
    html: () => strictestHtml(url, pinned, `<h1>A harbour</h1>${pinnedScriptTag(url, pinned)}`),
    // Unlike headless Chromium, Firefox fetches the page's icon.
    policy: { ...strictestPolicy(url, pinned), 'img-src': "'self'" },
  });
  try {
    const guest = await visit(host.url);
    await guest.open();
    await guest.ask('Show me [[showcase]]');
    await guest.waitForElement('.markdown table');
    await release();
    await guest.waitForText('That was everything.');
    await guest.waitForIdle();
    await guest.clickButton('Copy');
    await guest.clickButton('New conversation');
    await guest.waitForText('How can I help?');
    expect(host.reports).toEqual([]);
    // A deliberate violation proves that violations are recorded.
    await guest.page.evaluate(() => {
      document.body.setAttribute('style', 'color: red');
    });
    await expect.poll(() => guest.pageErrors.splice(0).join()).toMatch(/^policy: style-src-attr/);
  } finally {
    await host.close();
  }
});
