/** Transport fallback: the widget behind proxies that block WebSockets or buffer responses. */
import type { Browser, BrowserContext } from 'playwright';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ChatOnPage, launchBrowser, watchPageErrors, type PageErrors } from './support/browser.ts';
import { startNginx, startProxy, type Proxy } from './support/proxies.ts';
import { startHarness, type Harness } from './support/harness.ts';

let browser: Browser;
let harness: Harness;
let context: BrowserContext | undefined;
let pageErrors: PageErrors | undefined;

beforeAll(async () => {
  [browser, harness] = await Promise.all([launchBrowser(), startHarness()]);
});
afterAll(async () => {
  await Promise.all([browser.close(), harness.close()]);
});
afterEach(async () => {
  await context?.close();
  expect(pageErrors?.all).toEqual([]);
});

const control = (path: string, init?: RequestInit) =>
  fetch(`${harness.upstream.origin}/control/${path}`, init);
const clientClosed = (count: number) =>
  control(`requests?state=client-closed&scene=hang-mid&count=${count}`).then((response) => response.json());
const countText = (chat: ChatOnPage, text: string) =>
  chat.transcript.getByText(text, { exact: false }).count();

async function visit(url: string): Promise<ChatOnPage> {
  context = await browser.newContext();
  const chat = await ChatOnPage.visit(context, url);
  // The browser itself logs a rejected WebSocket.
  pageErrors = watchPageErrors(chat.page, /WebSocket connection to/);
  await chat.open();
  return chat;
}

let stops = 0;
const networks: [string, (port: number) => Promise<Proxy>, string][] = [
  ['a proxy that rejects WebSockets', (port) => startProxy(port, 'streams'), '/v1/sse'],
  [
    'a proxy that rejects WebSockets and buffers responses',
    (port) => startProxy(port, 'buffers'),
    '/v1/poll',
  ],
  ['nginx with its default settings', (port) => startNginx(port, 'refused'), ''],
  ['nginx that forwards WebSockets', (port) => startNginx(port, 'upgrades'), ''],
];

describe.each(networks)('behind %s', (_name, start, path) => {
  let proxy: Proxy;
  beforeAll(async () => {
    proxy = await start(harness.gateway.port);
  });
  afterAll(() => proxy.close());

  it('an answer streams, a stop aborts the upstream request, and a reload shows each message once', async () => {
    const chat = await visit(proxy.url);
    await chat.ask('What is the plan?');
    await chat.waitForText('That was the whole answer.');
    await chat.waitForIdle();

    await chat.ask('Tell me [[hang-mid]]');
    await chat.waitForText('The first half of a sentence'); // while the answer is being written
    await chat.stop.click();
    stops += 1;
    await clientClosed(stops);
    await chat.waitForIdle();
    await chat.waitForText(/stopped/i);

    await chat.reload();
    await chat.waitForText('What is the plan?');
    await chat.waitForText('The first half of a sentence');
    expect(await countText(chat, 'That was the whole answer.')).toBe(1);
    expect(await countText(chat, 'The first half of a sentence')).toBe(1);
    if (path !== '') expect(proxy.requestedPaths.some((requested) => requested.startsWith(path))).toBe(true);
  });

  it('a page reloaded during an answer shows the answer continue to its end', async () => {
    const chat = await visit(proxy.url);
    await chat.ask('Go on [[hang-mid]]');
    await chat.waitForText('The first half of a sentence');
    const before = proxy.requestedPaths.length;
    await chat.reload();
    await chat.waitForText('The first half of a sentence');
    await control('release', { method: 'POST' });
    await chat.waitForText(/The first half of a sentence and the second half\./);
    await chat.waitForIdle();
    // The client remembers the transport that worked, and does not try a WebSocket again for a day.
    expect(proxy.requestedPaths.slice(before)).not.toContain('upgrade');
  });
});
