/** One visitor in real tabs of one browser, which share locks, channels and storage: one line, one conversation, whatever happens. */
import type { Browser, BrowserContext } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  ChatOnPage,
  crash,
  goBack,
  launchBrowser,
  watchComplaints,
  type Complaints,
} from './support/browser.ts';
import { shownOn, storedFor, type Line } from './support/conversation-on-page.ts';
import { startFront, type Front } from './support/front.ts';
import {
  createDataFolder,
  startGateway,
  startUpstream,
  type GatewayProcess,
  type UpstreamProcess,
} from './support/processes.ts';
import { isAt, requestsOf, say } from './support/paced-answers.ts';
import { startNginx, type Proxy } from './support/proxies.ts';

let browser: Browser;
let upstream: UpstreamProcess;
let gateway: GatewayProcess;
const data = createDataFolder();

const start = (port = '0') =>
  startGateway({
    OPENAI_API_KEY: 'key',
    OPENAI_BASE_URL: upstream.url,
    RIVULET_DATA: data.path,
    PORT: port,
  });

beforeAll(async () => {
  [browser, upstream] = await Promise.all([launchBrowser('kept'), startUpstream()]);
  gateway = await start();
});
afterAll(async () => {
  await browser.close();
  await gateway.end('SIGTERM');
  await upstream.end('SIGTERM');
  data.remove();
});

/** A line that was broken comes back with a backoff. */
const PATIENT = { timeout: 20_000 };
const words = (count: number) => Array.from({ length: count }, (_, index) => `word${index + 1}`).join(' ');
const question = (text: string): Line => ({ role: 'user', text, end: '' });
const answer = (text: string, end: Line['end'] = ''): Line => ({ role: 'assistant', text, end });

const places: [string, (port: number) => Promise<Proxy | undefined>, RegExp | undefined][] = [
  ['directly', () => Promise.resolve(undefined), undefined],
  // What the network refuses, the browser says itself.
  [
    'behind nginx as its package comes',
    (port) => startNginx(port, 'refused'),
    /WebSocket connection to|Failed to load resource/,
  ],
];

let asked = 0;

describe.each(places)('tabs of one browser, %s', (_name, startProxy, refused) => {
  let front: Front;
  let proxy: Proxy | undefined;
  let context: BrowserContext;
  let complaints: Complaints[];
  /** What a test that breaks the network makes the browser say. */
  const BROKEN = /WebSocket connection to|Failed to load resource|net::ERR_/;

  beforeAll(async () => {
    front = await startFront(gateway.port);
    proxy = await startProxy(front.port);
  });
  afterAll(async () => {
    await proxy?.close();
    await front.close();
  });
  beforeEach(async () => {
    complaints = [];
    context = await browser.newContext();
  });
  afterEach(async () => {
    front.mend();
    // Before the pages are gone: a tab that takes over from one that is closed, and is closed itself, breaks its new line.
    const said = complaints.flatMap(({ all }) => all);
    await context.close();
    expect(said).toEqual([]);
  });

  /** @returns the question, which no other test asks. */
  async function ask(tab: ChatOnPage, scene: string): Promise<string> {
    asked += 1;
    const text = `Question ${asked} ${scene}`;
    await tab.ask(text);
    await tab.sees(text);
    return text;
  }

  async function openTab(allowed = refused): Promise<ChatOnPage> {
    const page = await context.newPage();
    page.setDefaultTimeout(10_000);
    complaints.push(watchComplaints(page, allowed));
    await page.goto(proxy?.url ?? front.url);
    const tab = new ChatOnPage(page);
    await tab.show();
    return tab;
  }

  /** Each tab shows this in the end, and it is what the store has. */
  async function endsWith(tabs: ChatOnPage[], lines: Line[]): Promise<void> {
    for (const { page } of tabs) await expect.poll(() => shownOn(page), PATIENT).toEqual(lines);
    for (const tab of tabs) await tab.isDone();
    expect(await storedFor(tabs[0]!.page, gateway.url)).toEqual(lines);
    for (const { page } of tabs) expect(await shownOn(page)).toEqual(lines);
  }

  const waitingOn = (tab: ChatOnPage) => tab.transcript.getByText('Waiting for the connection').count();
  const haveLines = (count: number) => expect.poll(() => front.lines).toBe(count);

  it('a tab that is reloaded in mid-answer ends with the whole answer, once', async () => {
    const tab = await openTab();
    const asked = await ask(tab, '[[words:8]]');
    await say(upstream, asked, 3);
    await tab.sees('word3');
    await tab.reload();
    await tab.sees('word3');
    await say(upstream, asked, 5);
    await endsWith([tab], [question(asked), answer(words(8))]);
  });

  it('a second tab that is opened in mid-answer shows it grow, over the line of the first', async () => {
    const first = await openTab();
    const asked = await ask(first, '[[words:6]]');
    await say(upstream, asked, 2);
    await first.sees('word2');
    const second = await openTab();
    for (let count = 2; count <= 5; count += 1) {
      const grown = [question(asked), answer(words(count))];
      for (const { page } of [first, second]) await expect.poll(() => shownOn(page)).toEqual(grown);
      await haveLines(1);
      await say(upstream, asked, 1);
    }
    await endsWith([first, second], [question(asked), answer(words(6))]);
    await haveLines(1);
  });

  it('a stop from the other tab reaches the upstream, and both say so', async () => {
    const first = await openTab();
    const asked = await ask(first, '[[words:6]]');
    await say(upstream, asked, 2);
    const second = await openTab();
    await second.sees('word2');
    await second.stop.click();
    await isAt(upstream, asked, 'client-closed');
    await endsWith([first, second], [question(asked), answer(words(2), 'stopped')]);
  });

  it('a stop after a reload reaches the upstream', async () => {
    const tab = await openTab();
    const asked = await ask(tab, '[[words:6]]');
    await say(upstream, asked, 1);
    await tab.sees('word1');
    await tab.reload();
    await tab.stop.click();
    await isAt(upstream, asked, 'client-closed');
    await endsWith([tab], [question(asked), answer(words(1), 'stopped')]);
  });

  it('a stop from the other tab before the first word reaches the upstream', async () => {
    const first = await openTab();
    const asked = await ask(first, '[[hang-headers]]');
    const second = await openTab();
    await second.sees(asked);
    await isAt(upstream, asked, 'gated');
    await second.stop.click();
    await isAt(upstream, asked, 'client-closed');
    await endsWith([first, second], [question(asked), answer('', 'stopped')]);
  });

  it('two messages of an offline tab wait, and go once each and in order when it is online', async () => {
    const [first, second] = [await openTab(BROKEN), await openTab(BROKEN)];
    const before = await ask(first, '[[words:1]]');
    await say(upstream, before, 1);
    await endsWith([first, second], [question(before), answer('word1')]);
    await context.setOffline(true);
    await haveLines(0);
    const waiting = [await ask(first, '[[words:1]]'), await ask(first, '[[words:1]]')];
    await expect.poll(() => waitingOn(first)).toBe(2);
    await context.setOffline(false);
    for (const asked of waiting) await say(upstream, asked, 1);
    const all = [before, ...waiting].flatMap((asked) => [question(asked), answer('word1')]);
    await endsWith([first, second], all);
    await haveLines(1);
  });

  it('two messages survive a reload while the gateway is out of reach, and go once each and in order', async () => {
    const tab = await openTab(BROKEN);
    front.cut();
    const waiting = [await ask(tab, '[[words:1]]'), await ask(tab, '[[words:1]]')];
    await tab.reload();
    await expect.poll(() => waitingOn(tab)).toBe(2);
    front.mend();
    for (const asked of waiting) await say(upstream, asked, 1);
    await endsWith(
      [tab],
      waiting.flatMap((asked) => [question(asked), answer('word1')]),
    );
  });

  it('what a closed tab had waiting goes from the other one, which is open already', async () => {
    const [first, second] = [await openTab(BROKEN), await openTab(BROKEN)];
    front.cut();
    const waiting = [await ask(first, '[[words:1]]'), await ask(first, '[[words:1]]')];
    await first.page.close();
    front.mend();
    for (const asked of waiting) await say(upstream, asked, 1);
    await endsWith(
      [second],
      waiting.flatMap((asked) => [question(asked), answer('word1')]),
    );
  });

  it.each([
    ['closed', ({ page }: ChatOnPage) => page.close()],
    ['crashed', ({ page }: ChatOnPage) => crash(page)],
  ])('when the leading tab is %s in mid-answer, the other goes on', async (_how, end) => {
    const first = await openTab();
    const asked = await ask(first, '[[words:6]]');
    await say(upstream, asked, 2);
    const second = await openTab();
    await second.sees('word2');
    await end(first);
    await say(upstream, asked, 4);
    await endsWith([second], [question(asked), answer(words(6))]);
    await haveLines(1);
  });

  it('a page that is left in mid-answer gives the line to the other tab, and has it all when it is come back to', async () => {
    const first = await openTab();
    const asked = await ask(first, '[[words:6]]');
    await say(upstream, asked, 2);
    const second = await openTab();
    await second.sees('word2');
    await first.page.evaluate(() => Object.assign(globalThis, { isSame: true }));
    await first.page.goto('about:blank');
    await say(upstream, asked, 2);
    await second.sees('word4');
    const locks = await second.page.evaluate(() => navigator.locks.query());
    expect([locks.held, locks.pending].map((some) => some?.length)).toEqual([1, 0]);
    goBack(first.page);
    await expect.poll(() => first.page.evaluate('globalThis.isSame')).toBe(true);
    await say(upstream, asked, 2);
    await endsWith([first, second], [question(asked), answer(words(6))]);
    await haveLines(1);
  });

  it('a gateway killed in mid-answer leaves both tabs with the interrupted text, and one retry works', async () => {
    const [first, second] = [await openTab(BROKEN), await openTab(BROKEN)];
    const asked = await ask(first, '[[words:4]]');
    await say(upstream, asked, 2);
    await second.sees('word2');
    const { port } = gateway;
    await gateway.end('SIGKILL');
    gateway = await start(`${port}`);
    for (const { page } of [first, second])
      await expect
        .poll(() => shownOn(page), PATIENT)
        .toMatchObject([question(asked), { end: 'interrupted' }]);
    await second.page.getByRole('button', { name: 'Try again' }).click();
    await expect.poll(() => requestsOf(upstream, asked)).toHaveLength(2);
    await say(upstream, asked, 4);
    await endsWith([first, second], [question(asked), answer(words(4))]);
  });
});
