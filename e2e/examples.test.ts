/** The projects in examples/: each is built, served and used in a browser. */
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContext } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ChatOnPage, launchBrowser, watchPageErrors } from './support/browser.ts';
import { buildAndServe, type ServedPage } from './support/build-and-serve.ts';
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
  it('embeds the widget in a page of another origin, where it answers a question about Rivulet', async () => {
    const page = startProcess(['examples/script-tag/serve.mjs'], { PORT: '0', GATEWAY: gateway.url });
    const [url = ''] = await page.waitForOutput(/http:\/\/[\d.:]+/);
    const chat = await ChatOnPage.visit(context, url);
    const pageErrors = watchPageErrors(chat.page);
    await chat.open();
    await chat.ask('What is Rivulet?');
    await chat.waitForText(/Rivulet/);
    await chat.stop.waitFor();
    await chat.waitForIdle();
    expect(pageErrors.all).toEqual([]);
    expect(await chat.page.locator('rivulet-chat').count()).toBe(1);
    await page.end('SIGTERM');
  });
});

/** What every framework example does: a button of the page sends a question, and the page shows the end of the answer. */
async function expectAnswerByMethod(url: string): Promise<void> {
  const page = await context.newPage();
  const pageErrors = watchPageErrors(page);
  await page.goto(`${url}?gateway=${encodeURIComponent(gateway.url)}`);
  // The components of React and Vue load the element's definition; until its methods exist, the button is disabled.
  await page.getByRole('button', { name: 'Ask what Rivulet is' }).click();
  // Any reason is waited for, so that a run with another end fails with its reason and not with a timeout.
  expect(await page.getByText(/^[\w-]+, \d+ characters$/).textContent()).toMatch(/^stop, /);
  expect(pageErrors.all).toEqual([]);
}

describe.each(['npm-vanilla', 'react', 'vue', 'svelte'])('examples/%s', (name) => {
  const root = fileURLToPath(new URL(`../examples/${name}/`, import.meta.url));
  let page: ServedPage;
  beforeAll(async () => {
    page = await buildAndServe(root);
  });
  afterAll(() => page.close());

  it('sends with a method, shows the answer inline, and reports its end with an event', async () => {
    await expectAnswerByMethod(page.url);
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
  // Only after the browser context was closed: on SIGTERM `next start` waits for every connection to end, and a
  // browser opens some in advance on which it never sends a request.
  afterAll(async () => {
    await server.end('SIGTERM');
    rmSync(`${root}.next`, { recursive: true });
  });

  it('renders on the server, sends with a method, and reports the end of the answer with an event', async () => {
    const [url = ''] = await server.waitForOutput(/http:\/\/127[\d.:]+/);
    await expectAnswerByMethod(url);
  });
});
