/** What visitors and operators see when the upstream fails. */
import type { Browser, BrowserContext } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ChatOnPage, launchBrowser } from './support/browser.ts';
import { startHarness, type Harness } from './support/harness.ts';

let browser: Browser;
let harness: Harness;
let context: BrowserContext;

/** Writes a configuration with short upstream timeouts, instead of the default 30 or 60 s. @returns the path of the file */
function writeShortLimits(folder: string): string {
  const limits = {
    upstreamHeadersMs: 400,
    upstreamFirstContentMs: 400,
    upstreamGapMs: 400,
    upstreamTotalMs: 5_000,
    maxUpstreamRetries: 0,
  };
  const file = join(folder, 'short-limits.json');
  writeFileSync(file, JSON.stringify({ limits }));
  return file;
}

beforeAll(async () => {
  const args = (folder: string) => ['--config', writeShortLimits(folder)];
  [browser, harness] = await Promise.all([launchBrowser(), startHarness({ args })]);
});
afterAll(async () => {
  await Promise.all([browser.close(), harness.close()]);
});

/** After such failures the gateway takes the upstream for broken and does not ask it for a while; a new process asks again. */
async function forgetFailures(): Promise<void> {
  await harness.gateway.end('SIGTERM');
  await harness.restartGateway();
}

/** The detail of `rivulet-run-end`. */
interface RunEnd {
  reason: string;
  text: string;
  error?: { code: string; message: string; ref?: string };
}

/** Asks with the composer, and waits for the element's event at the end of the run. */
async function ask(chat: ChatOnPage, question: string): Promise<RunEnd> {
  await chat.page.evaluate(() => {
    document.querySelector('rivulet-chat')!.addEventListener('rivulet-run-end', (event) => {
      Object.assign(window, { ended: (event as CustomEvent).detail as unknown });
    });
  });
  await chat.ask(question);
  const ended = await chat.page.waitForFunction(() => (window as unknown as { ended?: RunEnd }).ended);
  return (await ended.jsonValue())!;
}

describe('a failing upstream ends the run with a typed error, a message for the visitor and a log line, and the gateway keeps running', () => {
  it.each([
    ['ends without a finish reason', 'truncate', 'upstream-truncated'],
    ['answers nothing (G13) (W37)', 'no-content', 'upstream-empty'],
    ['answers 401', '401', 'upstream-unconfigured'],
    ['answers 429', '429', 'upstream-rate-limited'],
    ['answers 500', '500', 'upstream-failed'],
    ['hangs before headers', 'hang-headers', 'upstream-timeout'],
    ['hangs before the first content', 'hang-first', 'upstream-timeout'],
    ['hangs in mid-stream', 'hang-mid', 'upstream-stalled'],
    ['resets the connection', 'reset', 'upstream-failed'],
    ['sends an error chunk', 'error-chunk', 'upstream-failed'],
  ])('%s', async (_name, scene, code) => {
    await forgetFailures();
    context = await browser.newContext();
    const chat = await ChatOnPage.visit(context, harness.gateway.url);
    await chat.open();
    const { reason, error } = await ask(chat, `Please answer [[${scene}]]`);
    expect({ reason, code: error?.code }).toEqual({ reason: 'error', code });
    // The visitor reads what to do, and nothing of the upstream's response.
    const alert = chat.transcript.getByText(/try again/i).first();
    await alert.waitFor();
    expect(await chat.page.locator('rivulet-chat').innerText()).not.toContain(
      'the-upstream-quotes-your-prompt',
    );
    // The operator finds the log line by the `ref` that the visitor sees.
    const [line] = await harness.gateway.waitForOutput(
      new RegExp(`^\\{.*"ref":"${error?.ref}".*"run failed".*$`),
    );
    expect(JSON.parse(line)).toMatchObject({ code, reason: 'error' });
    // The gateway answers the next question of the same visitor.
    await chat.ask('And now? [[echo]]');
    await chat.waitForText('That was the whole answer.');
    await context.close();
  });
});
