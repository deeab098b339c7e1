/** What a site sets for its widget in the gateway's configuration, on a page of another origin under the strictest policy. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { launchBrowser } from './support/browser.ts';
import { startHarness, type Harness } from './support/harness.ts';
import {
  fetchIntegrityManifest,
  startHostPage,
  strictestHtml,
  strictestPolicy,
  type HostPage,
} from './support/host-page.ts';
import { monitorPage } from './support/page-monitor.ts';

const widget = {
  theme: { scheme: 'dark', tokens: { accent: 'rgb(200, 60, 20)', radius: '4px' } },
  launcher: { position: 'start' },
  header: { title: 'Harbour <b>&</b> co' },
  start: { greeting: 'Ahoy!', aiNotice: 'A machine answers. </script>\u2028', prompts: ['Which boats?'] },
  locales: { de: { header: { title: 'Hafen' }, start: { greeting: 'Moin!' } } },
};

let browser: Browser;
let harness: Harness;
let host: HostPage;
let context: BrowserContext;
let page: Page;
let consoleOutput: string[];
let file: string;

const write = (changes: object = {}) => {
  const sites = [{ id: 'shop', origins: ['localhost'], widget: { ...widget, ...changes } }];
  writeFileSync(file, JSON.stringify({ sites }));
};
const script = (query = '?site=shop', attributes = '') =>
  `<script async src="${harness.gateway.url}/rivulet.js${query}" ${attributes}></script>`;
const bodies: Record<string, () => string> = {
  '/': () => script(),
  '/light': () => script('?site=shop', 'data-theme="light" data-position="end" data-locale="de"'),
  '/own': () => `<rivulet-chat mode="inline"></rivulet-chat>${script()}`,
  '/unknown': () => script('?site=none', 'data-site="shop"'),
};

beforeAll(async () => {
  const args = (data: string) => {
    file = join(data, 'rivulet.json');
    write();
    return ['--config', file];
  };
  [browser, harness] = await Promise.all([launchBrowser(), startHarness({ args })]);
  const { url } = harness.gateway;
  const pinned = await fetchIntegrityManifest(url);
  const html = (path: string) => strictestHtml(url, pinned, `<h1>A harbour</h1>${bodies[path]?.() ?? ''}`);
  host = await startHostPage({ html, policy: strictestPolicy(url, pinned) });
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
  page.on('console', (message) => consoleOutput.push(message.text()));
  page.on('pageerror', (error) => consoleOutput.push(error.message));
});
afterEach(async () => {
  const violations = await page.evaluate(() => globalThis.pageMonitor.violations);
  await context.close();
  expect([...violations, ...host.reports]).toEqual([]);
});

const chat = () => page.locator('rivulet-chat');
const open = async (path: string) => {
  await page.goto(host.url + path);
  await chat()
    .getByRole('button', { name: /^(Open chat|Chat öffnen)$/ })
    .click();
  await chat().locator('.panel').waitFor();
};
const styleOf = (selector: string, property: string) =>
  chat()
    .locator(selector)
    .evaluate((element, name) => getComputedStyle(element).getPropertyValue(name), property);

describe('a page that names its site in the URL of the script', () => {
  it('shows colours, texts and the notice of the site, as text, and loads nothing more for it', async () => {
    const requests: string[] = [];
    page.on('request', (request) => requests.push(new URL(request.url()).pathname));
    await page.goto(host.url);
    const launcher = chat().getByRole('button', { name: 'Open chat' });
    await launcher.waitFor();
    await expect.poll(() => requests.some((path) => path.includes('/app-'))).toBe(true);
    const others = requests.filter((path) => !/^\/rivulet\/(app-)?[\w-]{7}\.js$/.test(path));
    expect(others).toEqual(['/', '/rivulet.js']);
    await launcher.click();
    await chat().getByText('A machine answers. </script>').waitFor();
    expect(await chat().locator('#rivulet-title').textContent()).toBe('Harbour <b>&</b> co');
    await chat().getByText('Ahoy!').waitFor();
    await chat().getByRole('button', { name: 'Which boats?' }).waitFor();
    expect(await styleOf('.launcher', 'background-color')).toBe('rgb(200, 60, 20)');
    expect(await styleOf('.panel', 'color-scheme')).toBe('dark');
    expect(consoleOutput).toEqual([]);
  });

  it('is served as that site, and sends messages', async () => {
    await open('/');
    await chat().getByRole('button', { name: 'Which boats?' }).click();
    await chat().getByText('You asked: Which boats?').waitFor();
    expect(await chat().getAttribute('site')).toBe('shop');
  });

  it('is in the colours of the site from its first frame on', async () => {
    await page.addInitScript(() => {
      const seen = new Set<string>();
      Object.assign(globalThis, { seen });
      const look = () => {
        const launcher = document.querySelector('rivulet-chat')?.shadowRoot?.querySelector('.launcher');
        if (launcher instanceof Element) {
          const { backgroundColor, left, right } = getComputedStyle(launcher);
          seen.add([backgroundColor, left, right].join(' '));
        }
        requestAnimationFrame(look);
      };
      look();
    });
    await open('/');
    const seen = await page.evaluate(() => [...(globalThis as unknown as { seen: Set<string> }).seen]);
    expect(seen).toEqual([expect.stringMatching(/^rgb\(200, 60, 20\) 16px /)]);
  });

  it('overrides the site with its attributes, options and styles, and gets the texts of its language', async () => {
    await open('/light');
    expect(await chat().locator('#rivulet-title').textContent()).toBe('Hafen');
    await chat().getByText('Moin!').waitFor();
    expect(await styleOf('.panel', 'color-scheme')).toBe('light');
    expect(await chat().getAttribute('position')).toBe('end');
    await page.evaluate(() => globalThis.rivulet?.('configure', { header: { title: 'Ours' } }));
    await expect.poll(() => chat().locator('#rivulet-title').textContent()).toBe('Ours');
    await chat().getByText('Moin!').waitFor();
  });

  it('may have an element of its own', async () => {
    await page.goto(`${host.url}/own`);
    await chat().getByText('Ahoy!').waitFor();
    expect(
      await chat().evaluate((element) => [element.getAttribute('site'), element.getAttribute('mode')]),
    ).toEqual(['shop', 'inline']);
  });

  it('has a working chat when the gateway does not know the site, and a line in the console', async () => {
    await open('/unknown');
    expect(await chat().locator('#rivulet-title').textContent()).toBe('Assistant');
    expect(consoleOutput).toEqual([expect.stringContaining('the gateway has no site')]);
  });

  it('shows on its next load what the owner has changed in the file, and the old one after a bad change', async () => {
    const served = async () => (await fetch(`${harness.gateway.url}/rivulet.js?site=shop`)).text();
    write({ header: { title: 'New' } });
    await expect.poll(served).toContain('"title":"New"');
    await open('/');
    expect(await chat().locator('#rivulet-title').textContent()).toBe('New');
    write({ header: { title: 'Bad', imageUrl: 'javascript:alert(1)' } });
    await expect.poll(() => harness.gateway.lines.join()).toContain('sites.0.widget.header.imageUrl');
    expect(await served()).toContain('"title":"New"');
  });
});
