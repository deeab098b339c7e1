import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContext } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ChatOnPage, launchBrowser, watchComplaints } from './support/browser.ts';
import { buildAndServe, type Served } from './support/build-and-serve.ts';
import {
  createDataFolder,
  startGateway,
  startProcess,
  type GatewayProcess,
  type Process,
} from './support/processes.ts';

let browser: Browser;
let gateway: GatewayProcess;
let context: BrowserContext;
const data = createDataFolder();

beforeAll(async () => {
  browser = await launchBrowser();
  gateway = await startGateway({ RIVULET_DATA: data.path });
});
afterAll(async () => {
  await browser.close();
  await gateway.end('SIGTERM');
  data.remove();
});
beforeEach(async () => {
  context = await browser.newContext();
});
afterEach(() => context.close());

describe('examples/script-tag', () => {
  it('puts the widget on a page of another origin, and it answers about Rivulet', async () => {
    const page = startProcess(['examples/script-tag/serve.mjs'], { PORT: '0', GATEWAY: gateway.url });
    const [url = ''] = await page.line(/http:\/\/[\d.:]+/);
    const chat = await ChatOnPage.visit(context, url);
    const complaints = watchComplaints(chat.page);
    await chat.open();
    await chat.ask('What is Rivulet?');
    await chat.sees(/Rivulet/);
    await chat.stop.waitFor();
    await chat.isDone();
    expect(complaints.all).toEqual([]);
    expect(await chat.page.locator('rivulet-chat').count()).toBe(1);
    await page.end('SIGTERM');
  });
});

/** The job that every example of a framework does: ask by a button of the page, and tell of the end. */
async function asksByMethod(url: string): Promise<void> {
  const page = await context.newPage();
  const complaints = watchComplaints(page);
  await page.goto(`${url}?gateway=${encodeURIComponent(gateway.url)}`);
  await page.getByRole('button', { name: 'Ask what Rivulet is' }).click();
  await page.getByText(/^stop, \d+ characters$/).waitFor();
  expect(complaints.all).toEqual([]);
}

describe.each(['npm-vanilla', 'react', 'vue', 'svelte'])('examples/%s', (name) => {
  const root = fileURLToPath(new URL(`../examples/${name}/`, import.meta.url));
  let page: Served;
  beforeAll(async () => {
    page = await buildAndServe(root);
  });
  afterAll(() => page.close());

  it('sends by method, shows the answer in place and tells of its end by an event', async () => {
    await asksByMethod(page.url);
  });
});

describe('examples/next', () => {
  const root = fileURLToPath(new URL('../examples/next/', import.meta.url));
  const next = [`${root}node_modules/next/dist/bin/next`];
  const environment = { NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' };
  let server: Process;
  beforeAll(async () => {
    const build = startProcess([...next, 'build', root], environment);
    expect(await build.ended, build.errors()).toBe(0);
    server = startProcess([...next, 'start', root, '--port', '0', '--hostname', '127.0.0.1'], environment);
  });
  // Only here, after the browser's context is closed: `next start` answers SIGTERM by waiting for every
  // connection, and a browser opens some in advance on which it never sends a request.
  afterAll(async () => {
    await server.end('SIGTERM');
    rmSync(`${root}.next`, { recursive: true });
  });

  it('renders on a server, and does the same in the browser', async () => {
    const [url = ''] = await server.line(/http:\/\/127[\d.:]+/);
    await asksByMethod(url);
  });
});
