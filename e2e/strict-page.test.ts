/** A page of another origin under the strictest policy: the visitor's whole job, and what is left of the guest afterwards. */
import type { Browser, BrowserContext, Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ChatOnPage, launchBrowser } from './support/browser.ts';
import {
  pinnedTag,
  readPinned,
  startHostPage,
  strictestHtml,
  strictestPolicy,
  type HostPage,
  type Pinned,
} from './support/host-page.ts';
import { countSockets, tracesOn, watchPage } from './support/page-witness.ts';
import { startHarness, type Harness } from './support/harness.ts';
import { doWholeJob } from './support/whole-job.ts';

let browser: Browser;
let harness: Harness;
let pinned: Pinned;
let host: HostPage;
let context: BrowserContext;
let page: Page;
let said: string[];

const WORDS = '<main><h1>A harbour</h1>' + '<p>Some words of the page itself.</p>'.repeat(40) + '</main>';
const bodies: Record<string, () => string> = {
  '/': () => WORDS + pinnedTag(harness.gateway.url, pinned),
  '/without': () => WORDS,
  '/refused': () =>
    WORDS + pinnedTag(harness.gateway.url, { ...pinned, integrity: `sha384-${'A'.repeat(64)}` }),
  '/two': () =>
    `<rivulet-chat site="demo" mode="inline" id="one"></rivulet-chat>
     <rivulet-chat site="demo" position="bottom-left" id="two"></rivulet-chat>${pinnedTag(harness.gateway.url, pinned)}`,
  '/dialog': () =>
    `<main><h1>A harbour</h1></main><dialog id="dialog"><h2>Ask us</h2>
     <rivulet-chat site="demo"></rivulet-chat></dialog>${pinnedTag(harness.gateway.url, pinned)}`,
};

const htmlOf = (path: string) => strictestHtml(harness.gateway.url, pinned, bodies[path]?.() ?? WORDS);

beforeAll(async () => {
  [browser, harness] = await Promise.all([launchBrowser(), startHarness()]);
  pinned = await readPinned(harness.gateway.url);
  host = await startHostPage({ html: htmlOf, policy: strictestPolicy(harness.gateway.url, pinned) });
});
afterAll(async () => {
  await Promise.all([browser.close(), host.close(), harness.close()]);
});
beforeEach(async () => {
  context = await browser.newContext();
  page = await context.newPage();
  page.setDefaultTimeout(10_000);
  await watchPage(page);
  said = [];
  page.on('console', (message) => said.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => said.push(`page error: ${error.message}`));
});
afterEach(async () => {
  await context.close();
  host.reports.length = 0;
});

const visit = (path = '/') => page.goto(host.url + path);
const open = async () => {
  await visit();
  const chat = new ChatOnPage(page);
  await chat.open();
  return chat;
};
const violations = async () => [
  ...(await page.evaluate(() => globalThis.witness.violations)),
  ...host.reports,
];
const stored = () =>
  page.evaluate(async () => ({
    cookie: document.cookie,
    keys: [...Object.keys(localStorage), ...Object.keys(sessionStorage)],
    databases: (await indexedDB.databases()).length,
    caches: (await caches.keys()).length,
  }));
const NOTHING = { cookie: '', keys: [], databases: 0, caches: 0 };
/** What the page's own window has that it had not before any script. */
const newGlobals = () =>
  page.evaluate(() => {
    const before = new Set([...globalThis.witness.globals, 'witness']);
    return Object.getOwnPropertyNames(window).filter((name) => !before.has(name));
  });
const release = () => fetch(`${harness.upstream.origin}/control/release?count=1`, { method: 'POST' });

describe('a page with the strictest policy, Trusted Types and hashes', () => {
  it('serves the whole job with no violation, no word in the console and one global', async () => {
    const chat = await open();
    expect(await newGlobals()).toEqual(['rivulet']);
    await doWholeJob(chat, { release });
    expect(await violations()).toEqual([]);
    expect(said).toEqual([]);
    expect(await newGlobals()).toEqual(['rivulet']);
    expect((await stored()).cookie).toBe('');
  });

  it('has nothing stored before the visitor sends something, and no cookie ever', async () => {
    const chat = await open();
    expect(await stored()).toEqual(NOTHING);
    await chat.composer.fill('A draft');
    await page.getByRole('button', { name: 'Close chat' }).last().click();
    expect(await stored()).toEqual(NOTHING);
    expect(await context.cookies()).toEqual([]);
  });

  it('refuses a loader that is not the one of its hash', async () => {
    await visit('/refused');
    await expect.poll(() => said.join()).toMatch(/integrity/);
    expect(await newGlobals()).toEqual([]);
  });

  it('refuses a module that is not the one of its hash', async () => {
    const app = Object.keys(pinned.modules).find((path) => path.startsWith('/rivulet/app-'));
    await page.route(harness.gateway.url + String(app), async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, body: `${await response.text()}\n// changed on its way` });
    });
    await visit();
    await expect.poll(() => said.join()).toMatch(/integrity/);
    expect(await page.locator('rivulet-app').count()).toBe(0);
  });
});

describe('after remove()', () => {
  it('no listener, timer, node, sheet, lock or line of the widget is left', async () => {
    await visit('/without');
    await page.locator('h1').waitFor();
    const before = await tracesOn(page);
    const sockets = countSockets(page);
    const chat = await open();
    await doWholeJob(chat, { release });
    expect(sockets.open).toBe(1);
    await page.evaluate(() => {
      document.querySelector('rivulet-chat')?.remove();
      // So that the page's own nodes are what is compared.
      for (const script of document.querySelectorAll('script[src]')) script.remove();
    });
    await expect.poll(() => tracesOn(page)).toEqual(before);
    await expect.poll(() => sockets.open).toBe(0);
    expect(said).toEqual([]);
  });
});

describe('the page around it', () => {
  /** A machine that is busy makes any task long: what a task of ours takes at least is what counts. */
  const ROUNDS = 3;
  const LONGEST_MS = 50;
  const longest = () => page.evaluate(() => Math.max(0, ...globalThis.witness.longTasks));

  it('shifts nothing while it loads and opens, and holds the page up for less than 50 ms at a time', async () => {
    const [ours, without]: [number[], number[]] = [[], []];
    for (let round = 0; round < ROUNDS; round += 1) {
      await visit('/without');
      await page.locator('h1').waitFor();
      without.push(await longest());
      await open();
      ours.push(await longest());
      expect(await page.evaluate(() => globalThis.witness.shifts)).toEqual([]);
    }
    console.info(`longest task, ms: ${ours.join(', ')} with the widget; ${without.join(', ')} without`);
    expect(Math.min(...ours)).toBeLessThan(LONGEST_MS);
  });

  it('may have two widgets, each with its own panel', async () => {
    await visit('/two');
    const [one, two] = [page.locator('#one'), page.locator('#two')];
    await two.getByRole('button', { name: 'Open chat' }).click();
    await two.getByRole('textbox', { name: 'Message' }).fill('Hello from the second');
    await two.getByRole('textbox', { name: 'Message' }).press('Enter');
    await two.getByText('You asked: Hello from the second').waitFor();
    await one.getByRole('textbox', { name: 'Message' }).waitFor();
    await one.evaluate((element) => {
      element.remove();
    });
    await two.getByRole('textbox', { name: 'Message' }).fill('Still here');
    await two.getByRole('textbox', { name: 'Message' }).press('Enter');
    await two.getByText('You asked: Still here').waitFor();
    expect(await violations()).toEqual([]);
    expect(said).toEqual([]);
  });

  it('may have it in a modal dialog, which Escape closes after the panel', async () => {
    await visit('/dialog');
    const dialog = page.locator('#dialog');
    await dialog.evaluate((element) => {
      (element as HTMLDialogElement).showModal();
    });
    const chat = new ChatOnPage(page);
    await chat.open();
    await chat.ask('From a dialog');
    await chat.sees('You asked: From a dialog');
    await chat.isDone();
    await page.keyboard.press('Escape');
    await chat.composer.waitFor({ state: 'hidden' });
    expect(await dialog.evaluate((element) => (element as HTMLDialogElement).open)).toBe(true);
    expect(await page.evaluate(() => document.activeElement?.localName)).toBe('rivulet-chat');
    await page.keyboard.press('Escape');
    expect(await dialog.evaluate((element) => (element as HTMLDialogElement).open)).toBe(false);
    expect(said).toEqual([]);
  });
});
