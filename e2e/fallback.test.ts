import type { Browser, BrowserContext } from 'playwright';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ChatOnPage, launchBrowser, watchComplaints, type Complaints } from './support/browser.ts';
import { startNginx, startProxy, type Proxy } from './support/proxies.ts';
import { startHarness, type Harness } from './support/harness.ts';

let browser: Browser;
let harness: Harness;
let context: BrowserContext | undefined;
let complaints: Complaints | undefined;

beforeAll(async () => {
  [browser, harness] = await Promise.all([launchBrowser(), startHarness()]);
});
afterAll(async () => {
  await Promise.all([browser.close(), harness.close()]);
});
afterEach(async () => {
  await context?.close();
  expect(complaints?.all).toEqual([]);
});

const control = (path: string, init?: RequestInit) =>
  fetch(`${harness.upstream.origin}/control/${path}`, init);
const clientClosed = (count: number) =>
  control(`requests?state=client-closed&scene=hang-mid&count=${count}`).then((response) => response.json());
const occurrences = (chat: ChatOnPage, text: string) =>
  chat.transcript.getByText(text, { exact: false }).count();

async function visit(url: string): Promise<ChatOnPage> {
  context = await browser.newContext();
  const chat = await ChatOnPage.visit(context, url);
  // What the network refuses, the browser says itself.
  complaints = watchComplaints(chat.page, /WebSocket connection to/);
  await chat.open();
  return chat;
}

let stops = 0;
const networks: [string, (port: number) => Promise<Proxy>, string][] = [
  ['a proxy that refuses WebSockets', (port) => startProxy(port, 'streams'), '/v1/sse'],
  ['a proxy that also gathers answers', (port) => startProxy(port, 'gathers'), '/v1/poll'],
  ['nginx as its package comes', (port) => startNginx(port, 'refused'), ''],
  ['nginx that passes WebSockets on', (port) => startNginx(port, 'upgrades'), ''],
];

describe.each(networks)('behind %s', (_name, start, path) => {
  let proxy: Proxy;
  beforeAll(async () => {
    proxy = await start(harness.gateway.port);
  });
  afterAll(() => proxy.close());

  it('a visitor asks, sees the answer stream, stops, reloads: each once', async () => {
    const chat = await visit(proxy.url);
    await chat.ask('What is the plan?');
    await chat.sees('That was the whole answer.');
    await chat.isDone();

    await chat.ask('Tell me [[hang-mid]]');
    await chat.sees('The first half of a sentence'); // while the answer goes on
    await chat.stop.click();
    stops += 1;
    await clientClosed(stops);
    await chat.isDone();
    await chat.sees(/stopped/i);

    await chat.reload();
    await chat.sees('What is the plan?');
    await chat.sees('The first half of a sentence');
    expect(await occurrences(chat, 'That was the whole answer.')).toBe(1);
    expect(await occurrences(chat, 'The first half of a sentence')).toBe(1);
    if (path !== '') expect(proxy.asked.some((asked) => asked.startsWith(path))).toBe(true);
  });

  it('a page that comes back in the middle of an answer sees it go on to its end', async () => {
    const chat = await visit(proxy.url);
    await chat.ask('Go on [[hang-mid]]');
    await chat.sees('The first half of a sentence');
    const before = proxy.asked.length;
    await chat.reload();
    await chat.sees('The first half of a sentence');
    await control('release', { method: 'POST' });
    await chat.sees(/The first half of a sentence and the second half\./);
    await chat.isDone();
    // What worked is remembered: no socket is tried again within the day.
    expect(proxy.asked.slice(before)).not.toContain('upgrade');
  });
});
