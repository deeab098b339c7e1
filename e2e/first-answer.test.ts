import { gzipSync } from 'node:zlib';
import type { Browser, BrowserContext } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ChatOnPage, launchBrowser, watchComplaints, type Complaints } from './support/browser.ts';
import { startHarness, type Harness } from './support/harness.ts';

let browser: Browser;
let harness: Harness;
let context: BrowserContext;
let chat: ChatOnPage;
let complaints: Complaints;

/** Once this many requests of a scene are in a state; the upstream answers when it is so. */
const upstreamIs = (state: string, scene: string) =>
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
  // A gateway that a test restarts is away for a moment; the browser says so itself.
  complaints = watchComplaints(chat.page, /WebSocket connection to|ERR_CONNECTION_REFUSED/);
  await chat.open();
});
afterEach(async () => {
  await context.close();
  expect(complaints.all).toEqual([]);
});

describe('a visitor', () => {
  it('loads two files of less than 62 kB to open it, ask, and read an answer with Markdown', async () => {
    const alone = await browser.newContext();
    const page = await alone.newPage();
    const scripts: Promise<[string, number]>[] = [];
    page.on('response', (response) => {
      if (response.request().resourceType() !== 'script') return;
      const name = new URL(response.url()).pathname.replace(/-[\w-]{8}\.js$/, '.js');
      scripts.push(response.body().then((body) => [name, gzipSync(body, { level: 9 }).length]));
    });
    await page.goto(harness.gateway.url);
    const fresh = new ChatOnPage(page);
    await fresh.open();
    await fresh.ask('Tell me. [[long:3]]');
    await fresh.isDone();
    await fresh.transcript.getByRole('button', { name: 'Good answer' }).waitFor();
    const loaded = Object.fromEntries(await Promise.all(scripts));
    await alone.close();
    expect(Object.keys(loaded)).toEqual(['/rivulet.js', '/rivulet/app.js']);
    expect(loaded['/rivulet.js']).toBeLessThanOrEqual(5000);
    expect(Object.values(loaded).reduce((sum, bytes) => sum + bytes, 0)).toBeLessThanOrEqual(62_000);
  });

  it('asks, and the answer streams in, rendered', async () => {
    await chat.ask('What is the plan?');
    await chat.sees('That was the whole answer.');
    await chat.isDone();
    expect(await chat.transcript.locator('pre code').textContent()).toContain('const answer = 42;');
    expect(await chat.transcript.locator('li').count()).toBe(2);
  });

  it('stops an answer, which reaches the upstream; the text so far stays', async () => {
    await chat.ask('Tell me [[hang-mid]]');
    await chat.sees('The first half of a sentence');
    await chat.stop.click();
    await upstreamIs('client-closed', 'hang-mid');
    await chat.isDone();
    await chat.sees('The first half of a sentence');
    await chat.sees(/stopped/i);
  });

  it('reloads and sees the history', async () => {
    await chat.ask('Remember this.');
    await chat.sees('That was the whole answer.');
    await chat.isDone();
    await chat.reload();
    await chat.sees('Remember this.');
    await chat.sees('That was the whole answer.');
  });

  it('reloads in the middle of an answer and sees it go on to its end', async () => {
    await chat.ask('Go on [[hang-mid]]');
    await chat.sees('The first half of a sentence');
    await chat.reload();
    await chat.sees('The first half of a sentence');
    await fetch(`${harness.upstream.origin}/control/release`, { method: 'POST' });
    await chat.sees(/The first half of a sentence and the second half\./);
    await chat.isDone();
  });

  it('sees the history after the gateway was restarted, and goes on without a reload', async () => {
    await chat.ask('Before the restart.');
    await chat.sees('That was the whole answer.');
    await chat.isDone();
    await harness.gateway.end('SIGTERM');
    await harness.startAgain();
    await chat.ask('After the restart.');
    await chat.sees(/You asked: After the restart\./);
    await chat.isDone();
    await chat.reload();
    await chat.sees('Before the restart.');
    await chat.sees(/You asked: After the restart\./);
  });
});

describe('the element', () => {
  it('has its methods from the start, and says what happens by events', async () => {
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
      const sending = (element as unknown as { sendMessage(text: string): Promise<unknown> }).sendMessage(
        'By method',
      );
      await sending;
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
