/** Client tools: the model calls functions of the page through the gateway. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ChatOnPage, launchBrowser, watchPageErrors } from './support/browser.ts';
import { startHostPage, type HostPage } from './support/host-page.ts';
import { startHarness, type Harness } from './support/harness.ts';

let browser: Browser;
let harness: Harness;
let host: HostPage;

/** A page that configures tools and sends a message before the loader has run. */
const pageOf = (gateway: string) => `<!doctype html><html lang="en"><title>A shop</title><script>
  window.rivulet ||= function () { (rivulet.q ||= []).push(arguments); };
  window.calls = [];
  const parameters = { type: 'object' };
  rivulet('configure', { tools: [
    { name: 'weather', description: 'Of a city.', parameters, handler: (input) => { calls.push(input); return { sky: 'clear over ' + input.city }; } },
    { name: 'time', description: 'Now.', parameters, handler: () => { throw new Error('The clock has stopped.'); } },
  ] });
  rivulet('sendMessage', 'What is it like outside? [[tools]]');
  rivulet('open');
</script><script async src="${gateway}/rivulet.js" data-site="shop"></script></html>`;

beforeAll(async () => {
  const args = (folder: string) => {
    const file = join(folder, 'rivulet.json');
    const sites = [{ id: 'shop', origins: ['localhost', 'self'], allowClientTools: true }];
    writeFileSync(file, JSON.stringify({ sites }));
    return ['--config', file];
  };
  [browser, harness] = await Promise.all([launchBrowser(), startHarness({ args })]);
  host = await startHostPage({ html: () => pageOf(harness.gateway.url) });
});
afterAll(async () => {
  await Promise.all([browser.close(), host.close(), harness.close()]);
});

it('the first message announces the page’s tools, the model calls them, and receives their results and errors', async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  const pageErrors = watchPageErrors(page);
  await page.goto(host.url);
  const chat = new ChatOnPage(page);
  await chat.waitForText(/The tools gave .*clear over Oslo.* and .*The clock has stopped/);
  await chat.waitForIdle();
  expect(await page.evaluate('calls')).toEqual([{ city: 'Oslo' }]);
  expect(pageErrors.all).toEqual([]);
  await context.close();
});
