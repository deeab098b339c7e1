/** The widget on a page of another origin under the strictest policy: what works, and what remains after its removal. */
import type { Browser, BrowserContext, Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ChatOnPage, launchBrowser } from './support/browser.ts';
import {
  pinnedScriptTag,
  fetchIntegrityManifest,
  startHostPage,
  strictestHtml,
  strictestPolicy,
  type HostPage,
  type IntegrityManifest,
} from './support/host-page.ts';
import { countWebSockets, collectPageState, monitorPage } from './support/page-monitor.ts';
import { startHarness, type Harness } from './support/harness.ts';
import { runVisitorWorkflow } from './support/visitor-workflow.ts';

let browser: Browser;
let harness: Harness;
let pinned: IntegrityManifest;
let host: HostPage;
let context: BrowserContext;
let page: Page;
let consoleOutput: string[];

const CONTENT = '<main><h1>A harbour</h1>' + '<p>Some words of the page itself.</p>'.repeat(40) + '</main>';
const bodies: Record<string, () => string> = {
  '/': () => CONTENT + pinnedScriptTag(harness.gateway.url, pinned),
  '/without': () => CONTENT,
  '/refused': () =>
    CONTENT + pinnedScriptTag(harness.gateway.url, { ...pinned, integrity: `sha384-${'A'.repeat(64)}` }),
  '/two': () =>
    `<rivulet-chat site="demo" mode="inline" id="one"></rivulet-chat>
     <rivulet-chat site="demo" position="bottom-left" id="two"></rivulet-chat>${pinnedScriptTag(harness.gateway.url, pinned)}`,
  '/dialog': () =>
    `<main><h1>A harbour</h1></main><dialog id="dialog"><h2>Ask us</h2>
     <rivulet-chat site="demo"></rivulet-chat></dialog>${pinnedScriptTag(harness.gateway.url, pinned)}`,
};

const htmlOf = (path: string) => strictestHtml(harness.gateway.url, pinned, bodies[path]?.() ?? CONTENT);

beforeAll(async () => {
  [browser, harness] = await Promise.all([launchBrowser(), startHarness()]);
  pinned = await fetchIntegrityManifest(harness.gateway.url);
  host = await startHostPage({ html: htmlOf, policy: strictestPolicy(harness.gateway.url, pinned) });
});
afterAll(async () => {
  await Promise.all([browser.close(), host.close(), harness.close()]);
});
beforeEach(async () => {
  context = await browser.newContext();
  page = await context.newPage();
  page.setDefaultTimeout(10_000);
  await monitorPage(page);
  consoleOutput = [];
  page.on('console', (message) => consoleOutput.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => consoleOutput.push(`page error: ${error.message}`));
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
  ...(await page.evaluate(() => globalThis.pageMonitor.violations)),
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
/** The properties that `window` has in addition to those before the first script. */
const addedGlobals = () =>
  page.evaluate(() => {
    const before = new Set([...globalThis.pageMonitor.globals, 'pageMonitor']);
    return Object.getOwnPropertyNames(window).filter((name) => !before.has(name));
  });
const release = () => fetch(`${harness.upstream.origin}/control/release?count=1`, { method: 'POST' });

describe('a page with the strictest policy, Trusted Types and hashes', () => {
  it('allows every action of a visitor, with no violation, no console output and one global', async () => {
    const chat = await open();
    expect(await addedGlobals()).toEqual(['rivulet']);
    await runVisitorWorkflow(chat, { release });
    expect(await violations()).toEqual([]);
    expect(consoleOutput).toEqual([]);
    expect(await addedGlobals()).toEqual(['rivulet']);
    expect((await stored()).cookie).toBe('');
  });

  it('stores nothing before the visitor sends a message, and never a cookie', async () => {
    const chat = await open();
    expect(await stored()).toEqual(NOTHING);
    await chat.composer.fill('A draft');
    await page.getByRole('button', { name: 'Close chat' }).last().click();
    expect(await stored()).toEqual(NOTHING);
    expect(await context.cookies()).toEqual([]);
  });

  it('does not run a loader that does not match its hash', async () => {
    await visit('/refused');
    await expect.poll(() => consoleOutput.join()).toMatch(/integrity/);
    expect(await addedGlobals()).toEqual([]);
  });

  it('does not run a module that does not match its hash', async () => {
    const app = Object.keys(pinned.modules).find((path) => path.startsWith('/rivulet/app-'));
    await page.route(harness.gateway.url + String(app), async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, body: `${await response.text()}\n// changed on its way` });
    });
    await visit();
    await expect.poll(() => consoleOutput.join()).toMatch(/integrity/);
    expect(await page.locator('rivulet-app').count()).toBe(0);
  });
});

describe('after remove()', () => {
  it('no listener, timer, node, style sheet, lock or connection of the widget remains', async () => {
    await visit('/without');
    await page.locator('h1').waitFor();
    const before = await collectPageState(page);
    const sockets = countWebSockets(page);
    const chat = await open();
    await runVisitorWorkflow(chat, { release });
    expect(sockets.open).toBe(1);
    await page.evaluate(() => {
      document.querySelector('rivulet-chat')?.remove();
      // The script tags belong to the page, not to the widget.
      for (const script of document.querySelectorAll('script[src]')) script.remove();
    });
    await expect.poll(() => collectPageState(page)).toEqual(before);
    await expect.poll(() => sockets.open).toBe(0);
    expect(consoleOutput).toEqual([]);
  });
});

describe('the page around the widget', () => {
  /** Repeated, because any task can be long on a loaded machine: the minimum is asserted. */
  const ROUNDS = 3;
  const LONGEST_MS = 50;
  const longestTaskMs = () => page.evaluate(() => Math.max(0, ...globalThis.pageMonitor.longTasks));

  it('has no layout shift and no task of 50 ms or more while the widget loads and opens', async () => {
    const [withWidget, without]: [number[], number[]] = [[], []];
    for (let round = 0; round < ROUNDS; round += 1) {
      await visit('/without');
      await page.locator('h1').waitFor();
      without.push(await longestTaskMs());
      await open();
      withWidget.push(await longestTaskMs());
      expect(await page.evaluate(() => globalThis.pageMonitor.shifts)).toEqual([]);
    }
    console.info(`longest task, ms: ${withWidget.join(', ')} with the widget; ${without.join(', ')} without`);
    expect(Math.min(...withWidget)).toBeLessThan(LONGEST_MS);
  });

  it('can contain two widgets, each with its own panel, and keeps one when the other is removed', async () => {
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
    expect(consoleOutput).toEqual([]);
  });

  it('can contain the widget in a modal dialog; Escape closes the panel first and then the dialog', async () => {
    await visit('/dialog');
    const dialog = page.locator('#dialog');
    await dialog.evaluate((element) => {
      (element as HTMLDialogElement).showModal();
    });
    const chat = new ChatOnPage(page);
    await chat.open();
    await chat.ask('From a dialog');
    await chat.waitForText('You asked: From a dialog');
    await chat.waitForIdle();
    await page.keyboard.press('Escape');
    await chat.composer.waitFor({ state: 'hidden' });
    expect(await dialog.evaluate((element) => (element as HTMLDialogElement).open)).toBe(true);
    expect(await page.evaluate(() => document.activeElement?.localName)).toBe('rivulet-chat');
    await page.keyboard.press('Escape');
    expect(await dialog.evaluate((element) => (element as HTMLDialogElement).open)).toBe(false);
    expect(consoleOutput).toEqual([]);
  });
});
