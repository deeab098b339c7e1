/** A function of the page, called by the model: the widget in a browser, the executable, the scripted upstream. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ChatOnPage, launchBrowser, watchComplaints } from './support/browser.ts';
import { startHostPage, type HostPage } from './support/host-page.ts';
import { startHarness, type Harness } from './support/harness.ts';

let browser: Browser;
let harness: Harness;
let host: HostPage;

/** As a customer writes it, before the script is there. */
const PAGE = (gateway: string) => `<!doctype html><html lang="en"><title>A shop</title><script>
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
  host = await startHostPage({ html: () => PAGE(harness.gateway.url) });
});
afterAll(async () => {
  await Promise.all([browser.close(), host.close(), harness.close()]);
});

it('the very first message names the page’s tools; the model calls them, and what they give goes back', async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  const complaints = watchComplaints(page);
  await page.goto(host.url);
  const chat = new ChatOnPage(page);
  await chat.sees(/The tools gave .*clear over Oslo.* and .*The clock has stopped/);
  await chat.isDone();
  expect(await page.evaluate('calls')).toEqual([{ city: 'Oslo' }]);
  expect(complaints.all).toEqual([]);
  await context.close();
});
