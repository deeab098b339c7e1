/** The main actions of a visitor in Chromium, against a real gateway. */
import { gzipSync } from 'node:zlib';
import type { Browser, BrowserContext } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ChatOnPage, launchBrowser, watchPageErrors, type PageErrors } from './support/browser.ts';
import { startHarness, type Harness } from './support/harness.ts';

let browser: Browser;
let harness: Harness;
let context: BrowserContext;
let chat: ChatOnPage;
let pageErrors: PageErrors;

/** Resolves when a request of the scene is in the state. The upstream delays its response until then. */
const waitForUpstreamState = (state: string, scene: string) =>
  fetch(`${harness.upstream.origin}/control/requests?state=${state}&scene=${scene}&count=1`).then(
    (response) => response.json(),
  );

beforeAll(async () => {
  [browser, harness] = await Promise.all([launchBrowser(), startHarness()]);
});
afterAll(async () => {
  await Promise.all([browser.close(), harness.close()]);
});
beforeEach(async () => {
  context = await browser.newContext();
  chat = await ChatOnPage.visit(context, harness.gateway.url);
  // One test restarts the gateway; the browser itself logs the connections that fail in the meantime.
  pageErrors = watchPageErrors(chat.page, /WebSocket connection to|ERR_CONNECTION_REFUSED/);
  await chat.open();
});
afterEach(async () => {
  await context.close();
  expect(pageErrors.all).toEqual([]);
});

describe('a visitor', () => {
  it('loads two scripts of at most 64 kB in total to open the panel, ask, and read an answer with Markdown', async () => {
    const alone = await browser.newContext();
    const page = await alone.newPage();
    const scripts: Promise<[string, number]>[] = [];
    page.on('response', (response) => {
      if (response.request().resourceType() !== 'script') return;
      const name = new URL(response.url()).pathname.replace(/-[\w-]{7}\.js$/, '.js');
      scripts.push(response.body().then((body) => [name, gzipSync(body, { level: 9 }).length]));
    });
    await page.goto(harness.gateway.url);
    const fresh = new ChatOnPage(page);
    await fresh.open();
    await fresh.ask('Tell me. [[long:3]]');
    await fresh.waitForIdle();
    await fresh.transcript.getByRole('button', { name: 'Good answer' }).waitFor();
    const loaded = Object.fromEntries(await Promise.all(scripts));
    await alone.close();
    expect(Object.keys(loaded).sort()).toEqual(['/rivulet.js', '/rivulet/app.js']);
    expect(loaded['/rivulet.js']).toBeLessThanOrEqual(5000);
    expect(Object.values(loaded).reduce((sum, bytes) => sum + bytes, 0)).toBeLessThanOrEqual(64_000);
  });

  it('asks a question and reads the answer as rendered Markdown', async () => {
    await chat.ask('What is the plan?');
    await chat.waitForText('That was the whole answer.');
    await chat.waitForIdle();
    expect(await chat.transcript.locator('pre code').textContent()).toContain('const answer = 42;');
    expect(await chat.transcript.locator('li').count()).toBe(2);
  });

  it('stops an answer: the upstream request is aborted, and the text so far stays', async () => {
    await chat.ask('Tell me [[hang-mid]]');
    await chat.waitForText('The first half of a sentence');
    await chat.stop.click();
    await waitForUpstreamState('client-closed', 'hang-mid');
    await chat.waitForIdle();
    await chat.waitForText('The first half of a sentence');
    await chat.waitForText(/stopped/i);
  });

  it('reads the conversation again after a reload', async () => {
    await chat.ask('Remember this.');
    await chat.waitForText('That was the whole answer.');
    await chat.waitForIdle();
    await chat.reload();
    await chat.waitForText('Remember this.');
    await chat.waitForText('That was the whole answer.');
  });

  it('reloads during an answer and reads it to its end', async () => {
    await chat.ask('Go on [[hang-mid]]');
    await chat.waitForText('The first half of a sentence');
    await chat.reload();
    await chat.waitForText('The first half of a sentence');
    await fetch(`${harness.upstream.origin}/control/release`, { method: 'POST' });
    await chat.waitForText(/The first half of a sentence and the second half\./);
    await chat.waitForIdle();
  });

  it('continues a conversation without a reload after the gateway was restarted', async () => {
    await chat.ask('Before the restart.');
    await chat.waitForText('That was the whole answer.');
    await chat.waitForIdle();
    await harness.gateway.end('SIGTERM');
    await harness.restartGateway();
    await chat.ask('After the restart.');
    await chat.waitForText(/You asked: After the restart\./);
    await chat.waitForIdle();
    await chat.reload();
    await chat.waitForText('Before the restart.');
    await chat.waitForText(/You asked: After the restart\./);
  });
});

describe('the element', () => {
  it('has its methods as soon as it is defined, and reports each run with one end event', async () => {
    const page = await context.newPage();
    await page.goto(harness.gateway.url);
    const result = await page.evaluate(async () => {
      await customElements.whenDefined('rivulet-chat');
      const element = document.querySelector('rivulet-chat')!;
      const seen: string[] = [];
      const types = ['open', 'message', 'run-start', 'run-end'].map((name) => `rivulet-${name}`);
      for (const type of types) element.addEventListener(type, () => seen.push(type));
      const ended = new Promise<{ runId: string; reason: string; text: string }>((resolve) => {
        element.addEventListener('rivulet-run-end', (event) => {
          resolve((event as CustomEvent<{ runId: string; reason: string; text: string }>).detail);
        });
      });
      const sent = (element as unknown as { sendMessage(text: string): Promise<unknown> }).sendMessage(
        'By method',
      );
      await sent;
      const { reason, text, runId } = await ended;
      return { seen, reason, text, runId };
    });
    expect(result).toMatchObject({ reason: 'stop' });
    expect(result.runId).toMatch(/^r_/);
    expect(result.text).toContain('That was the whole answer.');
    expect(result.seen).toContain('rivulet-run-start');
    expect(result.seen.filter((type) => type === 'rivulet-run-end')).toHaveLength(1);
  });
});
