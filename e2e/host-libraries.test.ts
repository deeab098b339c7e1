/** The widget beside the real builds of modals, a smooth scroll and page swaps, and in script tags as optimizers rewrite them. */
import { readFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ChatOnPage, launchBrowser } from './support/browser.ts';
import { readHostBuilds } from './support/host-builds.ts';
import { startHostPage, type HostPage } from './support/host-page.ts';
import { startHarness, type Harness } from './support/harness.ts';

let browser: Browser;
let harness: Harness;
let host: HostPage;
let builds: Record<string, string>;
let page: Page;
let consoleOutput: string[];

const loader = readFileSync(new URL('../packages/widget/dist/cdn/rivulet.js', import.meta.url), 'utf8');
const inline = (text: string, attributes = '') =>
  `<script ${attributes}>${text.replaceAll('</script', '<\\/script')}</script>`;
const build = (name: string) => inline(builds[name] ?? '');
const gateway = () => harness.gateway.url;
const tag = (attributes = 'async') =>
  `<script ${attributes} src="${gateway()}/rivulet.js" data-site="demo"></script>`;
const LONG = '<p>Some words of the page itself.</p>'.repeat(200);
const FIELDS =
  '<div id="modal" class="modal" tabindex="-1"><div class="modal-dialog"><div class="modal-body"><input id="field"></div></div></div>';

/** The content of the head and the body by path. */
const pages: Record<string, () => [head: string, body: string]> = {
  '/bootstrap': () => ['', FIELDS + build('bootstrap') + tag()],
  '/focus-trap': () => ['', FIELDS + build('focus-trap') + tag()],
  '/radix': () => ['', `<div id="root"></div>${build('radix')}${tag()}`],
  '/lenis': () => ['', LONG + build('lenis') + inline('new Lenis({ autoRaf: true })') + tag()],
  '/turbo': () => [
    `<meta name="turbo-refresh-method" content="morph">${build('turbo')}${tag('defer')}`,
    '<main><a href="/turbo-two">Two</a></main>',
  ],
  '/turbo-two': () => [`${build('turbo')}${tag('defer')}`, '<main>The second page</main>'],
  '/htmx': () => [build('htmx') + tag('defer'), '<main hx-boost="true"><a href="/htmx-two">Two</a></main>'],
  '/htmx-two': () => ['', '<main>The second page</main>'],
  '/prototype': () => [build('prototype'), tag()],
  '/module': () => ['', tag('type="module"')],
  '/inline': () => ['', inline(loader, `data-site="demo" data-gateway="${gateway()}"`)],
  '/inline-module': () => ['', inline(loader, `type="module" data-site="demo" data-gateway="${gateway()}"`)],
  '/inline-alone': () => ['', inline(loader)],
  '/base': () => [`<base href="https://elsewhere.test/files/">${tag()}`, ''],
  '/twice': () => [tag() + tag('defer'), tag('type="module"')],
};
function html(path: string): string {
  const [head, body] = pages[path]?.() ?? ['', 'Nothing'];
  return path.endsWith('.xhtml')
    ? `<html xmlns="http://www.w3.org/1999/xhtml"><head><title>Host</title></head><body><h1>A page</h1>${tag('type="text/javascript"')}</body></html>`
    : `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Host</title>${head}</head><body>${body}</body></html>`;
}

beforeAll(async () => {
  [browser, harness, builds] = await Promise.all([launchBrowser(), startHarness(), readHostBuilds()]);
  host = await startHostPage({ html });
});
afterAll(async () => {
  await Promise.all([browser.close(), host.close(), harness.close()]);
});
beforeEach(async () => {
  page = await browser.newPage({ viewport: { width: 1024, height: 600 } });
  page.setDefaultTimeout(10_000);
  consoleOutput = [];
  page.on('console', (message) => consoleOutput.push(message.text()));
});
afterEach(() => page.close());

async function visit(path: string): Promise<ChatOnPage> {
  await page.goto(host.url + path);
  return new ChatOnPage(page);
}
const typed = (chat: ChatOnPage) => chat.composer.inputValue();
/** Marks the element, to tell it from another one. */
const mark = () => page.evaluate('document.querySelector("rivulet-chat").isSame = true');
const marks = () =>
  page.evaluate('[...document.querySelectorAll("rivulet-chat")].map((one) => one.isSame === true)');

const OPENERS: Record<string, string> = {
  '/bootstrap': 'new bootstrap.Modal("#modal").show()',
  '/focus-trap':
    'document.querySelector("#modal").style.display = "block"; createFocusTrap("#modal").activate()',
  '/radix': 'openDialog()',
};

describe('while a modal of the page is open', () => {
  it.each(Object.entries(OPENERS))(
    '%s, the chat can be opened, typed in and sent (W52, W53)',
    async (path, opener) => {
      const chat = await visit(path);
      await chat.launcher.waitFor();
      await page.evaluate(opener);
      await page.locator('#field').focus();
      // By class, because Radix hides everything outside of its dialog from roles.
      await page.locator('rivulet-chat .launcher').click();
      const composer = page.locator('rivulet-chat textarea').first();
      await composer.click();
      await page.keyboard.type('is a/b ok');
      expect([await composer.inputValue(), await page.locator('#field').inputValue()]).toEqual([
        'is a/b ok',
        '',
      ]);
      await page.keyboard.press('Enter');
      await chat.waitForText('You asked: is a/b ok');
    },
  );
});

it('the wheel scrolls the transcript and not a page with a smooth scroll (W55)', async () => {
  const chat = await visit('/lenis');
  await chat.open();
  for (let times = 0; times < 3; times += 1) {
    await chat.ask('Harbours');
    await chat.waitForIdle();
  }
  const scroller = chat.transcript.locator('.scroller');
  await scroller.evaluate((element) => {
    element.scrollTop = 200;
  });
  await scroller.hover();
  await page.mouse.wheel(0, -150);
  await expect.poll(() => scroller.evaluate(({ scrollTop }) => scrollTop)).toBe(50);
  expect(await page.evaluate(() => scrollY)).toBe(0);
});

it('the chat answers on a page with Prototype.js, which replaces methods of arrays, texts and functions (W89)', async () => {
  const chat = await visit('/prototype');
  expect(await page.evaluate('Array.from({ length: 2 }, () => 1).length + [1].entries().length')).toBe(3);
  await chat.open();
  await chat.ask('a table**\n\n| a | b |\n| - | - |\n| 1 | 2 |\n\n**end');
  await chat.waitForText('That was the whole answer.');
  await page.reload();
  await chat.open();
  await chat.waitForText('That was the whole answer.');
  expect(await chat.transcript.locator('td').allTextContents()).toEqual(['1', '2']);
  expect(consoleOutput).toEqual([]);
});

describe('a page that changes without a load', () => {
  const CHANGES: Record<string, [path: string, change: () => Promise<unknown>]> = {
    'a refresh of Turbo with a morph': [
      '/turbo',
      () => page.evaluate('Turbo.visit(location.href, { action: "replace" })'),
    ],
    'a visit of Turbo': ['/turbo', () => page.getByText('Two').click()],
    'a boosted link of htmx': ['/htmx', () => page.getByText('Two').click()],
    'new HTML of the body': [
      '/module',
      () => page.evaluate('document.body.innerHTML = "<main>The second page</main>"'),
    ],
  };
  it.each(Object.keys(CHANGES))(
    'keeps one widget, open and with its text, after %s (W73, W74)',
    async (name) => {
      const [path, change] = CHANGES[name]!;
      const chat = await visit(path);
      await chat.open();
      await chat.composer.fill('half a question');
      await mark();
      const isChanged = page.evaluate(
        'new Promise((done) => new MutationObserver((_, seen) => { seen.disconnect(); done(); }).observe(document.documentElement, { childList: true, subtree: true }))',
      );
      await change();
      await isChanged;
      await expect.poll(marks).toEqual([true]);
      expect([await typed(chat), await chat.composer.isVisible()]).toEqual(['half a question', true]);
      await chat.ask('Still here');
      await chat.waitForText('You asked: Still here');
    },
  );

  it('has a widget that works after it was written anew with document.write() (W74)', async () => {
    const chat = await visit('/module');
    await chat.open();
    await page.evaluate((text) => {
      document.open();
      document.write(text); // eslint-disable-line @typescript-eslint/no-deprecated -- what old pages do
      document.close();
    }, `<!doctype html><title>Anew</title><body><h1>Anew</h1>${tag()}`);
    await expect.poll(marks).toEqual([false]);
    await chat.open();
    await chat.ask('Still here');
    await chat.waitForText('You asked: Still here');
  });
});

describe('a script tag', () => {
  it.each([
    ['as a module (W63)', '/module'],
    ['inline with data-gateway (W64)', '/inline'],
    ['inline as a module (W63, W64)', '/inline-module'],
    ['in the head of a page with a base URL', '/base'],
    ['three times in one page', '/twice'],
    ['in an XHTML document', '/page.xhtml'],
  ])('%s loads one widget, which connects to its gateway', async (_, path) => {
    const chat = await visit(path);
    await chat.open();
    await chat.ask('Hello');
    await chat.waitForText('You asked: Hello');
    expect(await marks()).toEqual([false]);
  });

  it('inline without data-gateway says in the console what is missing (W64)', async () => {
    const chat = await visit('/inline-alone');
    await chat.launcher.click();
    await expect
      .poll(() => consoleOutput.join('\n'))
      .toMatch(/Rivulet could not be loaded; check data-gateway/);
    expect(consoleOutput.join('\n')).not.toContain('Invalid base URL');
  });
});
