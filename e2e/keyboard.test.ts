/** Accessibility: the widget by keyboard, with a screen reader, and with the display settings of the operating system. */
import type { Browser, BrowserContext, Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ChatOnPage, launchBrowser, watchPageErrors, type PageErrors } from './support/browser.ts';
import { focusedName, openByKeyboard, undersizedTargets, focusOrder } from './support/keyboard.ts';
import { recordLiveRegions } from './support/live-regions.ts';
import { startHarness, type Harness } from './support/harness.ts';

let browser: Browser;
let harness: Harness;
let context: BrowserContext;
let page: Page;
let chat: ChatOnPage;
let pageErrors: PageErrors;

beforeAll(async () => {
  [browser, harness] = await Promise.all([launchBrowser(), startHarness()]);
});
afterAll(async () => {
  await Promise.all([browser.close(), harness.close()]);
});
beforeEach(() => visit());
afterEach(async () => {
  await context.close();
  expect(pageErrors.all).toEqual([]);
});

async function visit(options: Parameters<Browser['newContext']>[0] = {}): Promise<void> {
  context = await browser.newContext(options);
  page = await context.newPage();
  page.setDefaultTimeout(10_000);
  pageErrors = watchPageErrors(page);
  chat = new ChatOnPage(page);
  await page.goto(harness.gateway.url);
  await chat.launcher.waitFor();
}

async function visitAgain(options: Parameters<Browser['newContext']>[0]): Promise<void> {
  await context.close();
  await visit(options);
}

const press = (...keys: string[]) =>
  keys.reduce((before, key) => before.then(() => page.keyboard.press(key)), Promise.resolve());
const type = (text: string) => page.keyboard.type(text);
const expectFocus = (name: string) => expect.poll(() => focusedName(page)).toBe(name);
/** Presses Tab, or Shift+Tab, until the focus is at `name`. @throws {Error} after 40 steps */
async function tabTo(name: string, key = 'Tab'): Promise<void> {
  for (let step = 0; step < 40; step += 1) {
    if ((await focusedName(page)) === name) return;
    await press(key);
  }
  throw new Error(`the focus did not reach ${name} in 40 steps of ${key}`);
}
/** Waits until the upstream's answer is at a gate, and releases it. */
const release = async () => {
  await fetch(`${harness.upstream.origin}/control/requests?state=gated`);
  await fetch(`${harness.upstream.origin}/control/release?count=1`, { method: 'POST' });
};
const WAIT = { timeout: 10_000 };

describe('without a mouse', () => {
  it('every action of a visitor works, and the focus is never lost', async () => {
    await openByKeyboard(chat);
    await expectFocus('textbox Message');
    await type('First line');
    await press('Shift+Enter');
    await type('second line [[showcase]]');
    await press('Enter');
    await chat.transcript.locator('pre').waitFor();
    await expectFocus('textbox Message');
    await release();
    await chat.waitForIdle();
    await expectFocus('textbox Message');

    await type('Take your time [[hang-mid]]');
    await press('Enter');
    await chat.waitForText('half of a sentence');
    await press('Escape');
    await chat.waitForText('You stopped this answer.');
    await expectFocus('textbox Message');

    await type('Plainly');
    await press('Enter');
    await chat.waitForText('You asked: Plainly');
    await chat.waitForIdle();
    await press('F6');
    await expectFocus('region Conversation');
    await press('F6');
    await expectFocus('textbox Message');

    await tabTo('button Regenerate', 'Shift+Tab');
    await press('Enter');
    await chat.transcript.getByText('2/2').waitFor();
    await chat.waitForIdle();
    await tabTo('textbox Message');
    await tabTo('button Previous version', 'Shift+Tab');
    await press('Space');
    await chat.transcript.getByText('1/2').waitFor();

    await tabTo('button Edit', 'Shift+Tab');
    await press('Enter');
    await expectFocus('textbox Edit');
    await press('Escape');
    await expectFocus('button Edit');
    await press('Enter');
    await expectFocus('textbox Edit');
    await press('ControlOrMeta+a');
    await type('Otherwise');
    await press('Enter');
    await chat.waitForText('You asked: Otherwise');
    await chat.waitForIdle();

    await tabTo('button New conversation', 'Shift+Tab');
    await press('Enter');
    await chat.waitForText('How can I help?');
    await expectFocus('textbox Message');
    await press('Escape');
    await chat.composer.waitFor({ state: 'hidden' });
    await expectFocus('button Open chat');
  });

  it('after a stop with the stop button the focus is on the send button in its place', async () => {
    await openByKeyboard(chat);
    await type('Take your time [[hang-mid]]');
    await press('Enter');
    await chat.waitForText('half of a sentence');
    await press('Tab');
    await expectFocus('button Stop answering');
    await press('Space');
    await chat.waitForText('You stopped this answer.');
    await expectFocus('button Send');
  });

  it('Tab moves through the panel in visual order', async () => {
    await openByKeyboard(chat);
    await type('Show me [[showcase]]');
    await press('Enter');
    await chat.transcript.locator('pre').waitFor();
    await release();
    await chat.waitForIdle();
    await chat.page.getByRole('button', { name: 'Regenerate' }).waitFor();
    await tabTo('button New conversation', 'Shift+Tab');
    const stops = await focusOrder(page, 'button Send');
    console.table(stops.map((name, index) => ({ 'Tab order': index + 1, name })));
    expect(stops).toEqual([
      'button New conversation',
      'button Menu',
      'button Enlarge',
      'button Close chat',
      'region Conversation',
      'button Edit',
      'group Table',
      'link link',
      'pre',
      'button Copy code',
      'button Copy',
      'button Regenerate',
      'button Good answer',
      'button Bad answer',
      'textbox Message',
      'button Send',
    ]);
  });

  it('every target is at least 24 px wide and high', async () => {
    await openByKeyboard(chat);
    await type('Show me [[showcase]]');
    await press('Enter');
    await release();
    await chat.waitForText('That was everything');
    await chat.waitForIdle();
    expect(await undersizedTargets(page)).toEqual([]);
  });
});

describe('a screen reader', () => {
  it('announces an answer as whole sentences, never as fragments', async () => {
    const received = await recordLiveRegions(page);
    await openByKeyboard(chat);
    await type('A short one [[words:3]]');
    await press('Enter');
    await expect.poll(received, WAIT).toEqual(['polite: The assistant is answering.']);
    for (let word = 1; word <= 3; word += 1) {
      await release();
      await chat.waitForText(`word${word}`);
    }
    await chat.waitForIdle();
    await expect
      .poll(received, WAIT)
      .toEqual(['polite: The assistant is answering.', 'polite: word1 word2 word3']);
  });

  it('announces Markdown as plain text, a stop as a sentence, and an error assertively', async () => {
    const received = await recordLiveRegions(page);
    await openByKeyboard(chat);
    await type('Harbours');
    await press('Enter');
    await chat.waitForIdle();
    await expect.poll(() => received().join('\n'), WAIT).toContain('That was the whole answer.');
    await type('Wait [[hang-mid]]');
    await press('Enter');
    await chat.waitForText('half of a sentence');
    await press('Escape');
    await expect.poll(() => received().at(-1), WAIT).toContain('The answer was stopped.');
    await type('Fail [[400]]');
    await press('Enter');
    await expect.poll(() => received().at(-1), WAIT).toMatch(/^assertive: The assistant cannot/);
    const all = received().join('\n');
    expect(all).not.toMatch(/\*\*|`|^- |half of a sentence/m);
  });
});

describe('display settings', () => {
  const askShowcase = async () => {
    await openByKeyboard(chat);
    await type('Show me [[showcase]]');
    await press('Enter');
    await release();
    await chat.waitForText('That was everything');
    await chat.waitForIdle();
  };
  const takeScreenshot = (name: string) => page.screenshot({ path: `e2e/screenshots/${name}.png` });

  it('at 200 % zoom every control is in the viewport, and nothing scrolls horizontally', async () => {
    await visitAgain({ viewport: { width: 640, height: 360 }, deviceScaleFactor: 2 });
    await askShowcase();
    await takeScreenshot('zoom-200');
    for (const control of [chat.composer, chat.send, page.getByRole('button', { name: 'New conversation' })])
      expect(await control.evaluate(isInViewport)).toBe(true);
    const scrollsHorizontally = () => document.documentElement.scrollWidth > innerWidth;
    expect(await page.evaluate(scrollsHorizontally)).toBe(false);
    expect((await chat.transcript.locator('.scroller').boundingBox())?.height).toBeGreaterThan(100);
  });

  it('with forced colours every control has a visible border', async () => {
    await visitAgain({ forcedColors: 'active', colorScheme: 'dark' });
    await takeScreenshot('forced-colours-closed');
    await askShowcase();
    await takeScreenshot('forced-colours');
    const hasBorder = (element: Element) => {
      const style = getComputedStyle(element);
      return style.borderTopStyle !== 'none' && Number.parseFloat(style.borderTopWidth) > 0;
    };
    for (const outline of ['.panel', '.field', '.launcher'])
      expect(await page.locator(outline).first().evaluate(hasBorder), outline).toBe(true);
  });

  it('with reduced motion nothing is animated, even while an answer is awaited', async () => {
    await visitAgain({ reducedMotion: 'reduce' });
    await openByKeyboard(chat);
    await type('Wait [[hang-first]]');
    await press('Enter');
    await chat.transcript.locator('.dots').waitFor();
    const moving = () =>
      document
        .getAnimations()
        .concat(document.querySelector('rivulet-chat')?.shadowRoot?.getAnimations() ?? [])
        // A duration of one millisecond is not a motion: it only delays an appearance.
        .filter(({ effect }) => Number(effect?.getComputedTiming().duration) > 1)
        .map(({ effect }) => (effect as KeyframeEffect).target?.className);
    expect(await page.evaluate(moving)).toEqual([]);
    await press('Escape');
    await chat.waitForIdle();
  });
});

function isInViewport(element: Element): boolean {
  const { top, left, bottom, right, width } = element.getBoundingClientRect();
  return width > 0 && top >= 0 && left >= 0 && bottom <= innerHeight && right <= innerWidth;
}
