/**
 * Every named state in both colour schemes and both directions: no accessibility violation, and a screenshot on
 * request.
 */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { cdp, page } from 'vitest/browser';
import { answer } from './testing/fake-chat.ts';
import { FakeRequest } from './testing/fake-request.ts';
import { audit, mountClosed, unmountAll } from './testing/mount.ts';
import { TRANSIENT_STATES } from './testing/transient-states.ts';
import { SIDE_STATES } from './testing/side-states.ts';
import { CONVERSATION_STATES } from './testing/states.ts';

const STATES = { ...CONVERSATION_STATES, ...SIDE_STATES, ...TRANSIENT_STATES };

/** Vite adds this property, which the types of plain modules do not declare. */
interface WithEnvironment extends ImportMeta {
  env: Record<string, string | undefined>;
}
/** Set by `npm run screenshots`. */
const wantsPictures = (import.meta as WithEnvironment).env.VITE_SCREENSHOTS === '1';

beforeEach(() => {
  vi.stubGlobal('XMLHttpRequest', FakeRequest);
});
afterEach(async () => {
  unmountAll();
  vi.unstubAllGlobals();
  document.documentElement.removeAttribute('dir');
  await emulate('none');
});

interface Look {
  theme: 'light' | 'dark';
  locale: 'en' | 'ar';
  device: 'desktop' | 'phone';
}
const isAudited = ({ theme, locale, device }: Look) =>
  (device === 'desktop') === ((theme === 'light') === (locale === 'en'));
/**
 * Contrast does not depend on direction or width, so the audit runs on every second combination; screenshots need all.
 */
const LOOKS = (['light', 'dark'] as const)
  .flatMap((theme) => (['en', 'ar'] as const).map((locale) => ({ theme, locale })))
  .flatMap((look) => (['desktop', 'phone'] as const).map((device) => ({ ...look, device })))
  .filter((look) => wantsPictures || isAudited(look));

const emulate = (forcedColors: 'active' | 'none') =>
  cdp().send('Emulation.setEmulatedMedia', { features: [{ name: 'forced-colors', value: forcedColors }] });

/** Paused animations are part of the state. */
const ends = ({ effect, playState }: Animation) =>
  playState !== 'paused' && effect?.getComputedTiming().iterations !== Infinity;

/** Mounts the state on a page with its direction. */
async function mountState(name: string, { theme, locale, device }: Look) {
  await page.viewport(device === 'phone' ? 390 : 660, device === 'phone' ? 760 : 800);
  document.documentElement.dir = locale === 'ar' ? 'rtl' : 'ltr';
  document.body.style.background = theme === 'dark' ? '#1b1d1e' : '#f4f1ea';
  const { element, rendered } = await STATES[name]!({ theme, locale });
  // Colours in the middle of a transition do not have their contrast.
  await vi.waitFor(() => {
    expect(element.shadowRoot?.getAnimations().filter(ends)).toEqual([]);
  });
  await rendered();
  if (wantsPictures) await waitUntilStill(element);
  return element;
}

/** Waits for the smooth scrolling to a question. */
async function waitUntilStill({ shadowRoot }: Element): Promise<void> {
  const placeOf = () => shadowRoot?.querySelector('.scroller')?.scrollTop;
  for (let stillFrames = 0, before = placeOf(); stillFrames < 10; before = placeOf()) {
    await new Promise(requestAnimationFrame);
    stillFrames = placeOf() === before ? stillFrames + 1 : 0;
  }
}

const takeScreenshot = (name: string) => page.screenshot({ path: `../../../../e2e/screenshots/${name}.png` });

describe.each(LOOKS)('$theme, $locale, $device', (look) => {
  test.each(Object.keys(STATES))('%s', async (name) => {
    const element = await mountState(name, look);
    if (wantsPictures) await takeScreenshot(`${name}-${look.theme}-${look.locale}-${look.device}`);
    expect(await audit(element)).toEqual([]);
  });
});

describe('forced colours', () => {
  test.each(Object.keys(STATES))('%s', async (name) => {
    await emulate('active');
    const element = await mountState(name, { theme: 'light', locale: 'en', device: 'desktop' });
    if (wantsPictures) await takeScreenshot(`${name}-forced-colours`);
    expect(await audit(element)).toEqual([]);
  });
});

test('the columns of a table are aligned as in the Markdown', async () => {
  const { element } = await STATES.answered!({});
  const cells = [...(element.shadowRoot?.querySelectorAll('tbody tr:first-child td') ?? [])];
  expect(cells.map((cell) => getComputedStyle(cell).textAlign)).toEqual(['left', 'center', 'right']);
});

test('lists, quotes and tables have the direction of their first letter', async () => {
  const { element } = await STATES.answered!({ locale: 'ar' });
  const blocks = [
    ...(element.shadowRoot?.querySelectorAll('.markdown :is(ol, ul, table, blockquote)') ?? []),
  ];
  expect(blocks.map((one) => getComputedStyle(one).direction)).toEqual(['rtl', 'rtl', 'rtl', 'rtl']);
});

test('an English text has its lists on the left, even in an Arabic panel', async () => {
  const mounted = await STATES.answered!({ locale: 'ar' });
  mounted.chat.setMessages([answer('answer09', '- one\n- two', { reason: 'stop' })]);
  await mounted.rendered();
  expect(getComputedStyle(mounted.find('.markdown ul')).direction).toBe('ltr');
});

test('backgrounds stay visible in forced colours: the dots, an unavailable button', async () => {
  await emulate('active');
  const { find } = await STATES.waiting!({});
  const canvas = getComputedStyle(find('.panel')).backgroundColor;
  const colours = ['.dots i', '.send', '.mark'].map((one) => getComputedStyle(find(one)).backgroundColor);
  expect(colours).not.toContain(canvas);
  unmountAll();
  const empty = await STATES.answered!({});
  expect(getComputedStyle(empty.find('.send')).backgroundColor).toBe(canvas);
});

/** The narrowest common viewport: a desktop at 400 % zoom, or a small phone. */
const NARROW = { width: 320, height: 568 };

test('at 320 pixels nothing overflows the panel, and a request for approval can be read', async () => {
  await page.viewport(NARROW.width, NARROW.height);
  for (const name of ['custom-actions', 'tool-approval', 'wide', 'math']) {
    const { find, has } = await STATES[name]!({});
    expect(find('.content').scrollWidth, name).toBeLessThanOrEqual(NARROW.width);
    const tool = has('.tool-name') ? find('.tool-name') : null;
    expect(tool?.scrollWidth, name).toBe(tool?.clientWidth);
    unmountAll();
  }
});

test('a long status does not make the header taller', async () => {
  await page.viewport(NARROW.width, NARROW.height);
  const { find, chat, rendered } = await STATES.answered!({ locale: 'en' });
  const before = find('.header').offsetHeight;
  find('.status').append(' and ready when you are');
  chat.set({});
  await rendered();
  expect(find('.header').offsetHeight).toBe(before);
});

test('the panel opens with the same transition the first time', async () => {
  const { element, find, rendered } = mountClosed();
  element.open();
  await element.stop();
  await rendered();
  const moving = find('.panel').getAnimations();
  expect(moving.map((one) => one instanceof CSSTransition && one.transitionProperty).toSorted()).toEqual([
    'opacity',
    'transform',
  ]);
});
