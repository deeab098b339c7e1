/** The main job in Firefox, against a real gateway. */
import type { Browser, BrowserContext } from 'puppeteer-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { ChatInFirefox, launchFirefox } from '../support/firefox.ts';
import {
  pinnedTag,
  readPinned,
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
  expect(visited.flatMap(({ complaints }) => complaints)).toEqual([]);
});

async function visit(url = harness.gateway.url): Promise<ChatInFirefox> {
  const one = await ChatInFirefox.visit(context, url);
  visited.push(one);
  return one;
}
/** Resolves once the upstream has so many requests of this kind: `state=gated`, `scene=truncate&count=2`. */
const upstreamHas = (what: string) => fetch(`${harness.upstream.origin}/control/requests?${what}`);
/** The upstream goes on, once it waits. */
const release = async () => {
  await upstreamHas('state=gated');
  await fetch(`${harness.upstream.origin}/control/release?count=1`, { method: 'POST' });
};
const isAt = (name: string) => expect.poll(() => focusedName(chat.page), { timeout: 20_000 }).toBe(name);

it('a visitor opens, asks, and reads a streamed answer with a table, a list and code', async () => {
  await chat.open();
  await chat.ask('Show me [[showcase]]');
  for (const tag of ['table', 'ol', 'pre']) await chat.has(`.markdown ${tag}`);
  await release();
  await chat.sees('That was everything.');
  await chat.isDone();
});

it('a stop reaches the upstream, and the text so far stays', async () => {
  await chat.open();
  await chat.ask('Take your time [[hang-mid]]');
  await chat.sees('half of a sentence');
  await chat.press('Stop answering');
  await chat.sees('You stopped this answer.');
  await upstreamHas('state=client-closed&scene=hang-mid');
  expect(await chat.transcript()).toContain('half of a sentence');
});

it('an answer that broke off says so, and is asked for again', async () => {
  await chat.open();
  await chat.ask('Break off [[truncate]]');
  await chat.sees('broke off');
  await chat.press('Try again');
  await upstreamHas('scene=truncate&count=2');
  await chat.sees('2/2');
  await chat.isDone();
});

it('a reload in mid-answer goes on with it, whole and once', async () => {
  await chat.open();
  await chat.ask('Slowly [[words:4]]');
  await release();
  await chat.sees('word1');
  await chat.page.reload();
  await chat.isOpen();
  await chat.sees('word1');
  for (let word = 2; word <= 4; word += 1) {
    await release();
    await chat.sees(`word${word}`);
  }
  await chat.isDone();
  expect(await chat.times('word1')).toBe(1);
});

it('a second tab shows the answer grow, and takes it over when the first is closed', async () => {
  await chat.open();
  await chat.ask('Slowly [[words:3]]');
  await release();
  await chat.sees('word1');
  const second = await visit();
  await second.isOpen();
  await second.sees('word1');
  await release();
  await second.sees('word2');
  await chat.page.close();
  await release();
  await second.sees('word3');
  await second.isDone();
  expect(await second.times('word1')).toBe(1);
});

it('the job works without a mouse, and the focus is never lost', async () => {
  const { keyboard } = chat.page;
  await chat.has('.launcher');
  await chat.page.focus('body');
  for (let step = 0; step < 40 && (await focusedName(chat.page)) !== 'button Open chat'; step += 1)
    await keyboard.press('Tab');
  await keyboard.press('Enter');
  await isAt('textbox Message');
  await keyboard.type('Take your time [[hang-mid]]');
  await keyboard.press('Enter');
  await chat.sees('half of a sentence');
  await keyboard.press('Escape');
  await chat.sees('You stopped this answer.');
  await isAt('textbox Message');
  await keyboard.press('F6');
  await isAt('region Conversation');
  await keyboard.press('F6');
  await isAt('textbox Message');
  await keyboard.press('Escape');
  await isAt('button Open chat');
});

it('a page with the strictest policy, Trusted Types and hashes has nothing to complain about', async () => {
  const { url } = harness.gateway;
  const pinned = await readPinned(url);
  const host = await startHostPage({
    html: () => strictestHtml(url, pinned, `<h1>A harbour</h1>${pinnedTag(url, pinned)}`),
    // Firefox fetches the page's own icon, as Chromium without a window does not.
    policy: { ...strictestPolicy(url, pinned), 'img-src': "'self'" },
  });
  try {
    const guest = await visit(host.url);
    await guest.open();
    await guest.ask('Show me [[showcase]]');
    await guest.has('.markdown table');
    await release();
    await guest.sees('That was everything.');
    await guest.isDone();
    await guest.press('Copy');
    await guest.press('New conversation');
    await guest.sees('How can I help?');
    expect(host.reports).toEqual([]);
    // So that silence is known to mean something: what the policy forbids is heard here.
    await guest.page.evaluate(() => {
      document.body.setAttribute('style', 'color: red');
    });
    await expect.poll(() => guest.complaints.splice(0).join()).toMatch(/^policy: style-src-attr/);
  } finally {
    await host.close();
  }
});
