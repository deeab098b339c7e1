/** examples/playground: a setting applies at once, and the copied snippet creates the same widget on another page. */
import axe from 'axe-core';
import type { Browser, BrowserContext, BrowserContextOptions, Frame, Page } from 'playwright';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser, watchPageErrors } from './support/browser.ts';
import { buildAndServe, type ServedPage } from './support/build-and-serve.ts';
import { describeWidget, Playground, PLAYGROUND, serveSnippet } from './support/playground.ts';
import { createDataFolder, startGateway, type GatewayProcess } from './support/processes.ts';

let browser: Browser;
let gateway: GatewayProcess;
let served: ServedPage;
/** What the current test has opened; closed after it. */
const opened: { close(): Promise<void> }[] = [];
const data = createDataFolder();

beforeAll(async () => {
  browser = await launchBrowser();
  gateway = await startGateway({ RIVULET_DATA: data.path });
  served = await buildAndServe(PLAYGROUND);
});
afterAll(async () => {
  await browser.close();
  await gateway.end('SIGTERM');
  await served.close();
  data.remove();
});
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});

async function newVisitorContext(options: BrowserContextOptions = {}): Promise<BrowserContext> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 860 },
    permissions: ['clipboard-read', 'clipboard-write'],
    ...options,
  });
  opened.push(context);
  return context;
}

const visit = async (choices: Record<string, string> = {}, options?: BrowserContextOptions) =>
  Playground.visit(await newVisitorContext(options), served.url, {
    'connection.gateway': gateway.url,
    ...choices,
  });

const backgroundOfLauncher = (frame: Frame) =>
  frame.evaluate(() => {
    const launcher = document.querySelector('rivulet-chat')?.shadowRoot?.querySelector('button');
    return launcher ? getComputedStyle(launcher).backgroundColor : '';
  });

const isInViewport = (frame: Frame) =>
  frame.evaluate(() => {
    const { top, height } = document.querySelector('rivulet-chat')?.getBoundingClientRect() ?? new DOMRect();
    return height > 0 && top >= 0 && top < innerHeight / 2;
  });

describe('a setting', () => {
  it('applies to the preview at once, without a reload of the preview page: accent, locale with its direction, mode', async () => {
    const { page, frame } = await visit();
    const pageErrors = watchPageErrors(page);
    const panel = frame.locator('rivulet-chat .panel');
    await panel.locator('textarea').fill('A draft');
    await frame.evaluate(() => Object.assign(document.documentElement.dataset, { visited: 'once' }));

    await page.getByLabel('Accent as #rrggbb').fill('#7a3cff');
    await expect.poll(() => backgroundOfLauncher(frame)).toBe('rgb(122, 60, 255)');
    await page.getByLabel('Locale', { exact: true }).selectOption('ar');
    await panel.and(frame.locator('[dir=rtl]')).waitFor();
    await frame.getByRole('heading', { name: 'المساعد', exact: true }).waitFor();
    expect(await frame.locator('html').getAttribute('dir')).toBe('rtl');
    await page.getByRole('radio', { name: 'Inline' }).check();
    await frame.locator('.chat-place .panel[data-mode=inline]').waitFor();
    await expect.poll(() => isInViewport(frame)).toBe(true);

    expect(await frame.locator('html').getAttribute('data-visited')).toBe('once');
    expect(await panel.locator('textarea').inputValue()).toBe('A draft');
    expect(pageErrors.all).toEqual([]);
  });

  it('returns to its default when it is cleared, and all of them do with Reset', async () => {
    const { page, frame, code } = await visit({ 'header.title': 'Fernway', locale: 'de', mode: 'inline' });
    await frame.getByRole('heading', { name: 'Fernway' }).waitFor();
    await page.getByLabel('Title', { exact: true }).fill('');
    await frame.getByRole('heading', { name: 'Assistent' }).waitFor();
    await page.getByRole('button', { name: 'Reset' }).click();
    await frame.locator('rivulet-chat:not([mode], [locale])').waitFor({ state: 'attached' });
    expect(await code.textContent()).toBe('<script async src="http://127.0.0.1:8787/rivulet.js"></script>\n');
    expect(new URL(page.url()).hash).toBe('');
  });

  it('is part of the address, so that a copied link restores it', async () => {
    const { page, code } = await visit();
    await page.getByLabel('Greeting').fill('Grüß Gott & "hello"');
    await page.getByRole('button', { name: 'Copy link' }).click();
    await page.getByText('Link copied').waitFor();
    const link = await page.evaluate(() => navigator.clipboard.readText());
    const other = await (await newVisitorContext()).newPage();
    await other.goto(link);
    await other.frameLocator('#frame').getByText('Grüß Gott & "hello"').waitFor();
    expect(await other.locator('#code').textContent()).toBe(await code.textContent());
  });

  it('applies to a conversation with the gateway: a hook sends in capitals, and the answer time is shown', async () => {
    const { page, frame } = await visit({ 'preview.hasHook': 'on', 'connection.hasTiming': 'on' });
    await frame.locator('textarea').fill('What is Rivulet?');
    await frame.locator('textarea').press('Enter');
    await frame.getByText('WHAT IS RIVULET?').waitFor();
    await page.getByText(/^First words after \d+ ms · then on screen within/).waitFor();
  });
});

const LARGE: Record<string, string> = {
  locale: 'ar',
  'theme.tokens.accent': '#7a3cff',
  'theme.tokens.offset-inline': '40px',
  'theme.scheme': 'dark',
  'launcher.position': 'start',
  'header.title': `It's </script> "ours" & \\ <b>`,
  'start.prompts': `Where's my </script><script>order?`,
  'messages.scrolling': 'follow',
  'messages.actions': 'copy',
  'attachments.isEnabled': 'on',
  'attachments.maxFiles': '3',
  'privacy.canErase': 'off',
  'connection.hasTiming': 'on',
  'preview.hasHook': 'on',
};
const SMALL: Record<string, string> = {
  mode: 'inline',
  'start.greeting': 'Hi, {you}',
  'theme.tokens.radius': '4px',
};

/** The settings, and the text that `hello` is sent as. */
const CASES = [
  { name: 'floating, with many settings', sent: 'HELLO', choices: LARGE },
  { name: 'inline, with few settings', sent: 'hello', choices: SMALL },
];

describe.each(['Script tag', 'npm', 'React'])('the snippet "%s"', (kind) => {
  it.each(CASES)(
    'creates the same widget on another page without a change: $name',
    async ({ choices, sent }) => {
      const playground = await visit(choices);
      const snippet = await playground.copy(kind);
      expect(snippet).toBe(await playground.code.textContent());

      const served = await serveSnippet(kind, snippet);
      opened.push(served);
      const page = await (await newVisitorContext()).newPage();
      const pageErrors = watchPageErrors(page);
      await page.goto(served.url);
      await page.locator('rivulet-chat').waitFor({ state: 'attached' });
      await openPanel(page);
      await expect.poll(() => describeWidget(page)).toEqual(await describeWidget(playground.frame));
      expect(await describeWidget(page)).toHaveProperty('settings.gateway', gateway.url);
      await page.locator('textarea').fill('hello');
      await page.locator('textarea').press('Enter');
      await page.locator('rivulet-transcript').getByText(sent, { exact: true }).waitFor();
      expect(pageErrors.all).toEqual([]);
    },
  );
});

async function openPanel(page: Page): Promise<void> {
  await page.evaluate(async () => {
    await customElements.whenDefined('rivulet-chat');
    document.querySelector('rivulet-chat')?.open();
  });
  await page.locator('rivulet-chat textarea').waitFor();
}

describe('without a mouse', () => {
  it('arrow keys change the mode and the snippet, Enter copies it, and a status message confirms it', async () => {
    const { page, frame, code } = await visit();
    await page.getByRole('radio', { name: 'Floating' }).focus();
    await page.keyboard.press('ArrowRight');
    await frame.locator('.panel[data-mode=inline]').waitFor();
    await page.getByRole('tab', { name: 'Script tag' }).focus();
    await page.keyboard.press('ArrowLeft');
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('React');
    expect(await code.textContent()).toContain('mode="inline"');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('status').getByText('Copied').waitFor();
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('code-panel');
  });

  it('the panel that is open at the start does not take the focus from the controls', async () => {
    const { page, frame } = await visit();
    await frame.locator('rivulet-chat textarea').waitFor();
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('copy-link');
  });
});

/** Runs axe. @returns the violated rules, each with the element's HTML */
async function audit(page: Page | Frame): Promise<string[]> {
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const { violations } = await (window as unknown as { axe: typeof axe }).axe.run(); // defined by the source evaluated above
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
  });
}

/** Lists targets smaller than 24 x 24 px (WCAG 2.2, success criterion 2.5.8), and elements that overflow the right edge. */
const sizeViolations = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const targets = [
      ...document.querySelectorAll<HTMLElement>('button, select, summary, label:has(> input), input'),
    ];
    const small = targets
      .filter((target) => target.checkVisibility() && target.closest('label') !== target.parentElement)
      .filter((target) => target.offsetWidth < 24 || target.offsetHeight < 24)
      .map((target) => `small: ${target.outerHTML}`);
    const wide = [...document.querySelectorAll<HTMLElement>('body *')]
      .filter((one) => one.checkVisibility() && one.closest('pre') === null)
      .filter((one) => one.getBoundingClientRect().right > innerWidth + 0.5)
      .map((one) => `overflows: ${one.outerHTML.slice(0, 120)}`);
    return [...small, ...wide];
  });

describe.each<[string, BrowserContextOptions]>([
  ['light', {}],
  ['dark', { colorScheme: 'dark' }],
  ['360 px wide', { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true }],
  ['360 px wide and dark', { viewport: { width: 360, height: 740 }, colorScheme: 'dark' }],
])('%s', (_, options) => {
  it('every view passes the accessibility audit, has no undersized target, and does not overflow', async () => {
    const { page, frame } = await visit(
      { 'connection.hasTiming': 'on', 'theme.tokens.accent': '#202020' },
      options,
    );
    await page.evaluate(() => {
      for (const part of document.querySelectorAll('details')) part.open = true;
    });
    for (const name of ['Settings', 'Preview', 'Code']) {
      const button = page.getByRole('button', { name, exact: true });
      if (await button.isVisible()) await button.click();
      expect(await audit(page)).toEqual([]);
      expect(await sizeViolations(page)).toEqual([]);
    }
    expect(await audit(frame)).toEqual([]);
  });
});
