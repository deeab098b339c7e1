/** A site owner's morning in Chromium: the worst-rated answers of a day, what they cost and why, and the files that came with them. */
import axe from 'axe-core';
import type { Browser, BrowserContext, Page } from 'playwright';
import { mintConversationId, mintMessageId } from '@rivulet/protocol';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ProtocolClient } from '../packages/gateway/src/testing/protocol-client.ts';
import { launchBrowser, watchPageErrors, type PageErrors } from './support/browser.ts';
import { startHarness, type Harness } from './support/harness.ts';

const TOKEN = 'the-token-of-the-owner-of-this-console';
/** A picture of one pixel. */
const PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));

let browser: Browser;
let harness: Harness;
let context: BrowserContext;
let page: Page;
let pageErrors: PageErrors;
const clients: ProtocolClient[] = [];

beforeAll(async () => {
  [browser, harness] = await Promise.all([
    launchBrowser(),
    startHarness({ environment: { RIVULET_CONSOLE_TOKEN: TOKEN } }),
  ]);
});
afterAll(async () => {
  await Promise.all([browser.close(), harness.close()]);
});
beforeEach(async () => {
  context = await browser.newContext();
  page = await context.newPage();
  page.setDefaultTimeout(10_000);
  pageErrors = watchPageErrors(page, /status of (401|404)/);
});
afterEach(async () => {
  await Promise.all([context.close(), ...clients.splice(0).map((client) => client.close(1000))]);
  expect(pageErrors.all).toEqual([]);
});

const origin = () => new URL(harness.gateway.url).origin;

async function signIn(path: string): Promise<void> {
  await page.goto(origin() + path);
  await page.getByLabel('Token').fill(TOKEN);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('button', { name: 'Sign out' }).waitFor();
}

/** Uploads a file as the visitor. @returns its part */
async function upload(token: string, name: string, [mediaType, body]: [string, Buffer]) {
  const response = await fetch(`${origin()}/v1/files?name=${name}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': mediaType },
    body: new Uint8Array(body),
  });
  const { fileId, sizeBytes } = (await response.json()) as { fileId: string; sizeBytes: number };
  return { type: 'file' as const, fileId, name, mediaType, sizeBytes };
}

interface Asked {
  text: string;
  isBad?: boolean;
  files?: [name: string, mediaType: string, body: Buffer][];
}
/** A visitor who has asked, and has rated the answer. */
async function converse({ text, isBad = false, files = [] }: Asked) {
  const client = await ProtocolClient.connect(origin());
  const { token = '' } = await client.received('welcome');
  const conversationId = mintConversationId(random);
  const parts = await Promise.all(files.map(([name, ...file]) => upload(token, name, file)));
  const sent = {
    conversationId,
    messageId: mintMessageId(random),
    parts: [{ type: 'text' as const, text }, ...parts],
  };
  await client.answer(client.send({ type: 'send-message', ...sent }));
  await client.received('run-finished');
  clients.push(client);
  const messageId = client.view!.conversation.messages.at(-1)!.id;
  const comment = 'That is not what I asked.';
  const rating = isBad ? { value: 'down' as const, comment } : { value: 'up' as const };
  await client.answer(client.send({ type: 'feedback', conversationId, messageId, ...rating }));
  return { client, conversationId };
}

async function violations(): Promise<string[]> {
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const { violations: found } = await (window as unknown as { axe: typeof axe }).axe.run(); // defined above
    return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`);
  });
}

describe('the morning of a site owner', () => {
  it('begins with the answers of the day that are rated worst, what they cost, and why', async () => {
    await converse({ text: 'A bad morning for the harbour', isBad: true });
    await converse({ text: 'A good morning for the bridge' });
    await signIn('/admin/conversations');
    await page.getByRole('link', { name: 'Worst rated first' }).press('Enter');
    await page.getByRole('link', { name: 'Today' }).press('Enter');
    const first = page
      .getByRole('listitem')
      .filter({ has: page.locator('.row') })
      .first();
    await first.getByText('A bad morning').first().waitFor();
    expect(await first.innerText()).toMatch(/cost [\d.]+.*1 rated bad/s);
    expect(new URL(page.url()).search).toMatch(/from=.*to=.*sort=rating/);
    expect(await violations()).toEqual([]);
    await first.getByRole('link').press('Enter');
    const transcript = page.locator('console-transcript');
    await transcript.getByText('That is not what I asked.').waitFor();
    const about = await transcript.locator('.about').innerText();
    expect(about).toMatch(/Model *gpt-5-mini\s+Cost *[\d.]+\s+Tokens *[\d,]+ in, [\d,]+ out/);
    expect(about).toMatch(/Took.*First word after/s);
    expect(await page.locator('main .facts').first().innerText()).toMatch(/Answers *1\s+Cost *[\d.]+/);
    expect(await violations()).toEqual([]);
    await page.setViewportSize({ width: 390, height: 844 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  });

  it('finds the conversations of a model, the most expensive first, and none of a model that nobody asked', async () => {
    await signIn('/admin/conversations?sort=cost&model=gpt-5-mini');
    await page
      .getByText(/^2 found/)
      .first()
      .waitFor();
    await page.getByLabel('Model').fill('gpt-5');
    await page.getByLabel('Model').press('Enter');
    await page.getByText('No conversation matches.').waitFor();
    expect(new URL(page.url()).search).toContain('sort=cost');
  });

  it('shows what an answer cost that ends while it is read along', async () => {
    const { client, conversationId } = await converse({ text: 'The first of two' });
    await signIn(`/admin/conversations/${conversationId}`);
    await page.getByText('Live', { exact: true }).waitFor();
    const costs = page.locator('console-transcript').getByText('Cost');
    await costs.first().waitFor();
    const parts = [{ type: 'text' as const, text: 'The second of two' }];
    client.send({ type: 'send-message', conversationId, messageId: mintMessageId(random), parts });
    await costs.nth(1).waitFor();
    expect(await page.locator('main .facts').first().innerText()).toMatch(/Answers *2/);
  });

  it('has the files of a question: a picture is shown, and any file is a download', async () => {
    const page1 = Buffer.from('<script>document.title = "run"</script>');
    await converse({
      text: 'Look at these files',
      files: [
        ['pixel.png', 'image/png', Buffer.from(PIXEL, 'base64')],
        ['page.txt', 'text/plain', page1],
      ],
    });
    await signIn('/admin/conversations?text=these+files');
    await page
      .getByRole('listitem')
      .getByRole('link', { name: /these files/i })
      .first()
      .click();
    const transcript = page.locator('console-transcript');
    const picture = transcript.locator('img.picture');
    await picture.waitFor();
    await expect.poll(() => picture.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(1);
    const link = transcript.getByRole('link', { name: /page/ });
    expect(await link.innerText()).toMatch(/39 bytes, text\/plain/);
    const [download] = await Promise.all([page.waitForEvent('download'), link.click()]);
    expect(download.suggestedFilename()).toBe('page.txt');
    expect(await page.title()).not.toContain('run');
    expect(await violations()).toEqual([]);
  });
});
