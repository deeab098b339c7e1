/** The whole job without a mouse, what a screen reader is given, and the needs of those who see or move otherwise. */
import type { Browser, BrowserContext, Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ChatOnPage, launchBrowser, watchComplaints, type Complaints } from './support/browser.ts';
import { focusedName, openByKeyboard, smallTargets, tabThrough } from './support/keyboard.ts';
import { listenToRegions } from './support/live-regions.ts';
import { startHarness, type Harness } from './support/harness.ts';

let browser: Browser;
let harness: Harness;
let context: BrowserContext;
let page: Page;
let chat: ChatOnPage;
let complaints: Complaints;

beforeAll(async () => {
  [browser, harness] = await Promise.all([launchBrowser(), startHarness()]);
});
afterAll(async () => {
  await Promise.all([browser.close(), harness.close()]);
});
beforeEach(() => visit());
afterEach(async () => {
  await context.close();
  expect(complaints.all).toEqual([]);
});

async function visit(options: Parameters<Browser['newContext']>[0] = {}): Promise<void> {
  context = await browser.newContext(options);
  page = await context.newPage();
  page.setDefaultTimeout(10_000);
  complaints = watchComplaints(page);
  chat = new ChatOnPage(page);
  await page.goto(harness.gateway.url);
  await chat.launcher.waitFor();
}

async function revisit(options: Parameters<Browser['newContext']>[0]): Promise<void> {
  await context.close();
  await visit(options);
}

const press = (...keys: string[]) =>
  keys.reduce((before, key) => before.then(() => page.keyboard.press(key)), Promise.resolve());
const type = (text: string) => page.keyboard.type(text);
const isAt = (name: string) => expect.poll(() => focusedName(page)).toBe(name);
/** Tab, or Shift+Tab, until the focus is there. @throws when it never comes there */
async function walkTo(name: string, key = 'Tab'): Promise<void> {
  for (let step = 0; step < 40; step += 1) {
    if ((await focusedName(page)) === name) return;
    await press(key);
  }
  throw new Error(`${key} never comes to: ${name}`);
}
/** The upstream goes on, once it waits. */
const release = async () => {
  await fetch(`${harness.upstream.origin}/control/requests?state=gated`);
  await fetch(`${harness.upstream.origin}/control/release?count=1`, { method: 'POST' });
};
const PATIENT = { timeout: 10_000 };

describe('without a mouse', () => {
  it('the whole job works, and the focus is never lost', async () => {
    await openByKeyboard(chat);
    await isAt('textbox Message');
    await type('First line');
    await press('Shift+Enter');
    await type('second line [[showcase]]');
    await press('Enter');
    await chat.transcript.locator('pre').waitFor();
    await isAt('textbox Message');
    await release();
    await chat.isDone();
    await isAt('textbox Message');

    await type('Take your time [[hang-mid]]');
    await press('Enter');
    await chat.sees('half of a sentence');
    await press('Escape');
    await chat.sees('You stopped this answer.');
    await isAt('textbox Message');

    await type('Plainly');
    await press('Enter');
    await chat.sees('You asked: Plainly');
    await chat.isDone();
    await press('F6');
    await isAt('region Conversation');
    await press('F6');
    await isAt('textbox Message');

    await walkTo('button Answer again', 'Shift+Tab');
    await press('Enter');
    await chat.transcript.getByText('2/2').waitFor();
    await chat.isDone();
    await walkTo('textbox Message');
    await walkTo('button Previous version', 'Shift+Tab');
    await press('Space');
    await chat.transcript.getByText('1/2').waitFor();

    await walkTo('button Edit', 'Shift+Tab');
    await press('Enter');
    await isAt('textbox Edit');
    await press('Escape');
    await isAt('button Edit');
    await press('Enter');
    await isAt('textbox Edit');
    await press('ControlOrMeta+a');
    await type('Otherwise');
    await press('Enter');
    await chat.sees('You asked: Otherwise');
    await chat.isDone();

    await walkTo('button New conversation', 'Shift+Tab');
    await press('Enter');
    await chat.sees('How can I help?');
    await isAt('textbox Message');
    await press('Escape');
    await chat.composer.waitFor({ state: 'hidden' });
    await isAt('button Open chat');
  });

  it('a stop with the button leaves the focus on it, and it is the one that sends', async () => {
    await openByKeyboard(chat);
    await type('Take your time [[hang-mid]]');
    await press('Enter');
    await chat.sees('half of a sentence');
    await press('Tab');
    await isAt('button Stop answering');
    await press('Space');
    await chat.sees('You stopped this answer.');
    await isAt('button Send');
  });

  it('Tab goes through the panel in the order in which it is seen', async () => {
    await openByKeyboard(chat);
    await type('Show me [[showcase]]');
    await press('Enter');
    await chat.transcript.locator('pre').waitFor();
    await release();
    await chat.isDone();
    await chat.page.getByRole('button', { name: 'Answer again' }).waitFor();
    await walkTo('button New conversation', 'Shift+Tab');
    const stops = await tabThrough(page, 'button Send');
    console.table(stops.map((name, index) => ({ 'Tab order': index + 1, name })));
    expect(stops).toEqual([
      'button New conversation',
      'button Menu',
      'button Close chat',
      'region Conversation',
      'button Edit',
      'group Table',
      'link link',
      'pre',
      'button Copy code',
      'button Copy',
      'button Answer again',
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
    await chat.sees('That was everything');
    await chat.isDone();
    expect(await smallTargets(page)).toEqual([]);
  });
});

describe('a screen reader', () => {
  it('is given whole sentences of an answer, never its pieces or its marks', async () => {
    const received = await listenToRegions(page);
    await openByKeyboard(chat);
    await type('A short one [[words:3]]');
    await press('Enter');
    await expect.poll(received, PATIENT).toEqual(['polite: The assistant is answering.']);
    for (let word = 1; word <= 3; word += 1) {
      await release();
      await chat.sees(`word${word}`);
    }
    await chat.isDone();
    await expect
      .poll(received, PATIENT)
      .toEqual(['polite: The assistant is answering.', 'polite: word1 word2 word3']);
  });

  it('is given Markdown as words, an end by a stop as a sentence, and a failure at once', async () => {
    const received = await listenToRegions(page);
    await openByKeyboard(chat);
    await type('Harbours');
    await press('Enter');
    await chat.isDone();
    await expect.poll(() => received().join('\n'), PATIENT).toContain('That was the whole answer.');
    await type('Wait [[hang-mid]]');
    await press('Enter');
    await chat.sees('half of a sentence');
    await press('Escape');
    await expect.poll(() => received().at(-1), PATIENT).toContain('The answer was stopped.');
    await type('Fail [[401]]');
    await press('Enter');
    await expect.poll(() => received().at(-1), PATIENT).toMatch(/^assertive: The assistant cannot/);
    const all = received().join('\n');
    expect(all).not.toMatch(/\*\*|`|^- |half of a sentence/m);
  });
});

describe('who sees otherwise', () => {
  const askShowcase = async () => {
    await openByKeyboard(chat);
    await type('Show me [[showcase]]');
    await press('Enter');
    await release();
    await chat.sees('That was everything');
    await chat.isDone();
  };
  const shot = (name: string) => page.screenshot({ path: `e2e/screenshots/${name}.png` });

  it('at 200 % loses nothing: all controls are in sight, and nothing scrolls sideways', async () => {
    await revisit({ viewport: { width: 640, height: 360 }, deviceScaleFactor: 2 });
    await askShowcase();
    await shot('zoom-200');
    for (const control of [chat.composer, chat.send, page.getByRole('button', { name: 'New conversation' })])
      expect(await control.evaluate(isInSight)).toBe(true);
    const scrollsSideways = () => document.documentElement.scrollWidth > innerWidth;
    expect(await page.evaluate(scrollsSideways)).toBe(false);
    expect((await chat.transcript.locator('.scroller').boundingBox())?.height).toBeGreaterThan(100);
  });

  it('with forced colours sees every control and its border', async () => {
    await revisit({ forcedColors: 'active', colorScheme: 'dark' });
    await shot('forced-colours-closed');
    await askShowcase();
    await shot('forced-colours');
    const border = (element: Element) => {
      const style = getComputedStyle(element);
      return style.borderTopStyle !== 'none' && Number.parseFloat(style.borderTopWidth) > 0;
    };
    for (const outline of ['.panel', '.field', '.launcher'])
      expect(await page.locator(outline).first().evaluate(border), outline).toBe(true);
  });

  it('with reduced motion has nothing that moves, also while it waits', async () => {
    await revisit({ reducedMotion: 'reduce' });
    await openByKeyboard(chat);
    await type('Wait [[hang-first]]');
    await press('Enter');
    await chat.transcript.locator('.dots').waitFor();
    const moving = () =>
      document
        .getAnimations()
        .concat(document.querySelector('rivulet-chat')?.shadowRoot?.getAnimations() ?? [])
        // What takes a millisecond is not a motion: something appears, later.
        .filter(({ effect }) => Number(effect?.getComputedTiming().duration) > 1)
        .map(({ effect }) => (effect as KeyframeEffect).target?.className);
    expect(await page.evaluate(moving)).toEqual([]);
    await press('Escape');
    await chat.isDone();
  });
});

function isInSight(element: Element): boolean {
  const { top, left, bottom, right, width } = element.getBoundingClientRect();
  return width > 0 && top >= 0 && left >= 0 && bottom <= innerHeight && right <= innerWidth;
}
