/** A page whose origin is on no list: the visitor, the developer and the operator learn why, on every transport. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ChatOnPage, launchBrowser } from './support/browser.ts';
import { startHarness, type Harness } from './support/harness.ts';
import { startHostPage } from './support/host-page.ts';
import { startProxy } from './support/proxies.ts';

let browser: Browser;
let harness: Harness;

beforeAll(async () => {
  const args = (folder: string) => {
    const file = join(folder, 'rivulet.json');
    writeFileSync(file, JSON.stringify({ sites: [{ id: 'shop', origins: ['https://shop.example'] }] }));
    return ['--config', file];
  };
  [browser, harness] = await Promise.all([launchBrowser(), startHarness({ args })]);
});
afterAll(async () => {
  await Promise.all([browser.close(), harness.close()]);
});

const direct = (port: number) =>
  Promise.resolve({ url: `http://127.0.0.1:${port}`, close: () => Promise.resolve() });

describe.each([
  ['a WebSocket', direct],
  ['server-sent events', (port: number) => startProxy(port, 'streams')],
  ['long-poll', (port: number) => startProxy(port, 'buffers')],
])('over %s', (_name, start) => {
  it('a page that is not allowed says so in words, and writes one line with what to change (W61)', async () => {
    const { url: gateway, close } = await start(harness.gateway.port);
    const tag = `<script async src="${gateway}/rivulet.js" data-site="shop"></script>`;
    const host = await startHostPage({
      html: () => `<!doctype html><html lang="en"><title>A shop</title>${tag}`,
    });
    const context = await browser.newContext();
    const lines: string[] = [];
    context.on('console', (message) => {
      if (message.text().startsWith('Rivulet')) lines.push(message.text());
    });
    const chat = await ChatOnPage.visit(context, host.url);
    await chat.open();
    await chat.page.locator('.line', { hasText: 'This chat is not available on this page yet.' }).waitFor();
    await expect.poll(() => lines.length).toBe(1);
    expect(lines[0]).toContain(`Add "${host.url}" to sites[].origins of the site "shop"`);
    expect(await chat.page.getByText('Reconnecting').count()).toBe(0);
    await Promise.all([context.close(), host.close(), close()]);
  });
});
