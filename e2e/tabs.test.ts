/** Several tabs of one browser, which share locks, channels and storage: they use one connection and show the same conversation. */
import type { Browser, BrowserContext } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  ChatOnPage,
  crashPage,
  goBack,
  launchBrowser,
  watchPageErrors,
  type PageErrors,
} from './support/browser.ts';
import { messagesOnPage, messagesInStore, type ComparedMessage } from './support/conversation-comparison.ts';
import { startReverseProxy, type ReverseProxy } from './support/reverse-proxy.ts';
import { releaseWords, requestsWithQuestion, waitForRequestState } from './support/gated-answers.ts';
import { startHarness, type Harness } from './support/harness.ts';
import type { UpstreamProcess } from './support/processes.ts';
import { startNginx, type Proxy } from './support/proxies.ts';

let browser: Browser;
let harness: Harness;
let upstream: UpstreamProcess;

beforeAll(async () => {
  [browser, harness] = await Promise.all([launchBrowser('enabled'), startHarness()]);
  ({ upstream } = harness);
});
afterAll(async () => {
  await browser.close();
  await harness.close();
});

/** Long, because a broken connection is reopened with a backoff that a slow restart lengthens. */
const WAIT = { timeout: 40_000 };
const words = (count: number) => Array.from({ length: count }, (_, index) => `word${index + 1}`).join(' ');
const question = (text: string): ComparedMessage => ({ role: 'user', text, end: '' });
const answer = (text: string, end: ComparedMessage['end'] = ''): ComparedMessage => ({
  role: 'assistant',
  text,
  end,
});

const networks: [string, (port: number) => Promise<Proxy | undefined>, RegExp | undefined][] = [
  ['directly', () => Promise.resolve(undefined), undefined],
  // The browser itself logs a rejected WebSocket.
  [
    'behind nginx with its default settings',
    (port) => startNginx(port, 'refused'),
    /WebSocket connection to|Failed to load resource/,
  ],
];

let questionCount = 0;

describe.each(networks)('tabs of one browser, %s', (_name, startProxy, refused) => {
  let reverseProxy: ReverseProxy;
  let proxy: Proxy | undefined;
  let context: BrowserContext;
  let pageErrors: PageErrors[];
  /** What is logged when a test breaks the network: by the browser, and by a widget that has never reached its gateway. */
  const BROKEN = /WebSocket connection to|Failed to load resource|net::ERR_|Rivulet: unreachable/;

  beforeAll(async () => {
    reverseProxy = await startReverseProxy(harness.gateway.port);
    proxy = await startProxy(reverseProxy.port);
  });
  afterAll(async () => {
    await proxy?.close();
    await reverseProxy.close();
  });
  beforeEach(async () => {
    pageErrors = [];
    context = await browser.newContext();
  });
  afterEach(async () => {
    reverseProxy.restore();
    // Before the context is closed: a tab that takes over from a closed one logs an error when it is closed while it connects.
    const errors = pageErrors.flatMap(({ all }) => all);
    await context.close();
    expect(errors).toEqual([]);
  });

  /** Asks a question that no other test asks. @returns the question */
  async function ask(tab: ChatOnPage, scene: string): Promise<string> {
    questionCount += 1;
    const text = `Question ${questionCount} ${scene}`;
    await tab.ask(text);
    await tab.waitForText(text);
    return text;
  }

  async function openTab(allowed = refused): Promise<ChatOnPage> {
    const page = await context.newPage();
    page.setDefaultTimeout(10_000);
    pageErrors.push(watchPageErrors(page, allowed));
    await page.goto(proxy?.url ?? reverseProxy.url);
    const tab = new ChatOnPage(page);
    await tab.openByMethod();
    return tab;
  }

  /** Waits until every tab is idle and shows these messages, and checks that the store has the same. */
  async function expectConversation(tabs: ChatOnPage[], messages: ComparedMessage[]): Promise<void> {
    for (const { page } of tabs) await expect.poll(() => messagesOnPage(page), WAIT).toEqual(messages);
    for (const tab of tabs) await tab.waitForIdle();
    expect(await messagesInStore(tabs[0]!.page, harness.gateway.url)).toEqual(messages);
    for (const { page } of tabs) expect(await messagesOnPage(page)).toEqual(messages);
  }

  const countWaitingMessages = (tab: ChatOnPage) =>
    tab.transcript.getByText('Waiting for the connection').count();
  const expectConnections = (count: number) =>
    expect.poll(() => reverseProxy.openConnections, WAIT).toBe(count);

  it('a tab that is reloaded during an answer shows the whole answer once', async () => {
    const tab = await openTab();
    const prompt = await ask(tab, '[[words:8]]');
    await releaseWords(upstream, prompt, 3);
    await tab.waitForText('word3');
    await tab.reload();
    await tab.waitForText('word3');
    await releaseWords(upstream, prompt, 5);
    await expectConversation([tab], [question(prompt), answer(words(8))]);
  });

  it('a second tab opened during an answer shows it while it is written, over the connection of the first', async () => {
    const first = await openTab();
    const prompt = await ask(first, '[[words:6]]');
    await releaseWords(upstream, prompt, 2);
    await first.waitForText('word2');
    const second = await openTab();
    for (let count = 2; count <= 5; count += 1) {
      const grown = [question(prompt), answer(words(count))];
      for (const { page } of [first, second]) await expect.poll(() => messagesOnPage(page)).toEqual(grown);
      await expectConnections(1);
      await releaseWords(upstream, prompt, 1);
    }
    await expectConversation([first, second], [question(prompt), answer(words(6))]);
    await expectConnections(1);
  });

  it('a stop in the other tab aborts the upstream request, and both tabs show the stop', async () => {
    const first = await openTab();
    const prompt = await ask(first, '[[words:6]]');
    await releaseWords(upstream, prompt, 2);
    const second = await openTab();
    await second.waitForText('word2');
    await second.stop.click();
    await waitForRequestState(upstream, prompt, 'client-closed');
    await expectConversation([first, second], [question(prompt), answer(words(2), 'stopped')]);
  });

  it('a stop after a reload aborts the upstream request', async () => {
    const tab = await openTab();
    const prompt = await ask(tab, '[[words:6]]');
    await releaseWords(upstream, prompt, 1);
    await tab.waitForText('word1');
    await tab.reload();
    await tab.stop.click();
    await waitForRequestState(upstream, prompt, 'client-closed');
    await expectConversation([tab], [question(prompt), answer(words(1), 'stopped')]);
  });

  it('a stop in the other tab before the first word aborts the upstream request', async () => {
    const first = await openTab();
    const prompt = await ask(first, '[[hang-headers]]');
    const second = await openTab();
    await second.waitForText(prompt);
    await waitForRequestState(upstream, prompt, 'gated');
    await second.stop.click();
    await waitForRequestState(upstream, prompt, 'client-closed');
    await expectConversation([first, second], [question(prompt), answer('', 'stopped')]);
  });

  it('two messages sent while offline are delivered once each and in order when the browser is online again', async () => {
    const [first, second] = [await openTab(BROKEN), await openTab(BROKEN)];
    const before = await ask(first, '[[words:1]]');
    await releaseWords(upstream, before, 1);
    await expectConversation([first, second], [question(before), answer('word1')]);
    await context.setOffline(true);
    // One tab goes offline before the other. When the leading tab is the first:
    // 1. it closes the shared connection; 2. the other tab takes over and opens a new one; 3. the other tab goes offline, and
    // closes the new connection as soon as its handshake is complete. So wait for both tabs, and then for the connection.
    for (const { page } of [first, second]) await page.getByText('You are offline.').first().waitFor();
    await expectConnections(0);
    const waiting = [await ask(first, '[[words:1]]'), await ask(first, '[[words:1]]')];
    await expect.poll(() => countWaitingMessages(first)).toBe(2);
    await context.setOffline(false);
    for (const prompt of waiting) await releaseWords(upstream, prompt, 1);
    const all = [before, ...waiting].flatMap((prompt) => [question(prompt), answer('word1')]);
    await expectConversation([first, second], all);
    await expectConnections(1);
  });

  it('two messages sent while the gateway is unreachable survive a reload, and are delivered once each and in order', async () => {
    const tab = await openTab(BROKEN);
    reverseProxy.cut();
    const waiting = [await ask(tab, '[[words:1]]'), await ask(tab, '[[words:1]]')];
    await tab.reload();
    await expect.poll(() => countWaitingMessages(tab)).toBe(2);
    reverseProxy.restore();
    for (const prompt of waiting) await releaseWords(upstream, prompt, 1);
    await expectConversation(
      [tab],
      waiting.flatMap((prompt) => [question(prompt), answer('word1')]),
    );
  });

  it('unsent messages of a closed tab are delivered by another tab that was already open', async () => {
    const [first, second] = [await openTab(BROKEN), await openTab(BROKEN)];
    reverseProxy.cut();
    const waiting = [await ask(first, '[[words:1]]'), await ask(first, '[[words:1]]')];
    await first.page.close();
    reverseProxy.restore();
    for (const prompt of waiting) await releaseWords(upstream, prompt, 1);
    await expectConversation(
      [second],
      waiting.flatMap((prompt) => [question(prompt), answer('word1')]),
    );
  });

  it.each([
    ['closed', ({ page }: ChatOnPage) => page.close()],
    ['crashed', ({ page }: ChatOnPage) => crashPage(page)],
  ])('when the leading tab is %s during an answer, the other tab shows the rest of it', async (_how, end) => {
    const first = await openTab();
    const prompt = await ask(first, '[[words:6]]');
    await releaseWords(upstream, prompt, 2);
    const second = await openTab();
    await second.waitForText('word2');
    await end(first);
    await releaseWords(upstream, prompt, 4);
    await expectConversation([second], [question(prompt), answer(words(6))]);
    await expectConnections(1);
  });

  it('when the first message is sent in the second tab and the leading tab crashes, the second shows the whole answer', async () => {
    const [first, second] = [await openTab(), await openTab()];
    await expectConnections(1);
    const prompt = await ask(second, '[[words:6]]');
    await releaseWords(upstream, prompt, 2);
    await second.waitForText('word2');
    await crashPage(first.page);
    await releaseWords(upstream, prompt, 4);
    await expectConversation([second], [question(prompt), answer(words(6))]);
    await expectConnections(1);
  });

  it('a tab that navigates away during an answer hands the connection to the other, and shows the whole answer after going back', async () => {
    const first = await openTab();
    const prompt = await ask(first, '[[words:6]]');
    await releaseWords(upstream, prompt, 2);
    const second = await openTab();
    await second.waitForText('word2');
    await first.page.evaluate(() => Object.assign(globalThis, { isSame: true }));
    await first.page.goto('about:blank');
    await releaseWords(upstream, prompt, 2);
    await second.waitForText('word4');
    const locks = await second.page.evaluate(() => navigator.locks.query());
    expect([locks.held, locks.pending].map((some) => some?.length)).toEqual([1, 0]);
    goBack(first.page);
    await expect.poll(() => first.page.evaluate('globalThis.isSame')).toBe(true);
    await releaseWords(upstream, prompt, 2);
    await expectConversation([first, second], [question(prompt), answer(words(6))]);
    await expectConnections(1);
  });

  it('after the gateway was killed during an answer both tabs show it as interrupted, and a retry in one completes it in both', async () => {
    const [first, second] = [await openTab(BROKEN), await openTab(BROKEN)];
    const prompt = await ask(first, '[[words:4]]');
    await releaseWords(upstream, prompt, 2);
    await second.waitForText('word2');
    await harness.gateway.end('SIGKILL');
    await harness.restartGateway();
    for (const { page } of [first, second])
      await expect
        .poll(() => messagesOnPage(page), WAIT)
        .toMatchObject([question(prompt), { end: 'interrupted' }]);
    await second.page.getByRole('button', { name: 'Try again' }).click();
    await expect.poll(() => requestsWithQuestion(upstream, prompt)).toHaveLength(2);
    await releaseWords(upstream, prompt, 4);
    await expectConversation([first, second], [question(prompt), answer(words(4))]);
  });
});
