/** The sites in the console over HTTP: what each role reads, what is edited and refused, and the audit log. */
import { mintConversationId, mintMessageId } from '@rivulet/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { randomBytes } from '../base/index.ts';
import { createMemoryStore } from '../stores/memory.ts';
import { CONSOLE_USERS, cookieOfActor } from '../testing/console-actors.ts';
import { ProtocolClient } from '../testing/protocol-client.ts';
import { startGateway, type StartedGateway } from '../testing/start-gateway.ts';
import type { SiteView } from './site-view.ts';

const PROMPT = 'Our prices are secret.';
const SITES = [
  {
    ...{ id: 'shop', origins: ['https://shop.example'], systemPrompt: PROMPT, model: 'small', desk: {} },
    request: {
      temperature: 1,
      extraHeaders: { 'x-key': 'header-secret' },
      extraBody: { key: 'body-secret' },
    },
    budgets: { visitor: { tokensPerDay: 100_000 } },
    widget: { start: { greeting: 'Hello' } },
  },
  { id: 'blog', origins: ['self'] },
];

let store: ReturnType<typeof createMemoryStore>;
let started: StartedGateway;
beforeEach(async () => {
  store = createMemoryStore();
  started = await startGateway({
    ...{ adminUsers: CONSOLE_USERS, sites: SITES, store },
    settingSource: (siteId, path) => (siteId === 'shop' && path === 'model' ? 'rivulet.json:4' : undefined),
  });
});
afterEach(() => started.stop());

type UserName = `${'viewer' | 'agent' | 'admin'}-of-${'all-sites' | 'the-site' | 'another-site'}`;
async function ask(name: UserName, path: string, body?: object) {
  const user = CONSOLE_USERS.find((each) => each.name === name)!;
  const cookie = await cookieOfActor({ name, user, headers: {} }, store);
  const response = await fetch(`${started.url}/admin/api/sites${path}`, {
    method: body === undefined ? 'GET' : 'PATCH',
    headers: { cookie, 'x-rivulet-console': '1' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, text, json: JSON.parse(text) as Record<string, unknown> };
}
const read = async (name: UserName = 'admin-of-all-sites') =>
  (await ask(name, '/shop')).json.site as SiteView;
async function visit(): Promise<ProtocolClient> {
  const client = await ProtocolClient.open(started.url, { origin: 'https://shop.example' });
  client.hello({ site: 'shop' });
  return client;
}
const settingOf = ({ settings }: SiteView, path: string) => settings.find((each) => each.path === path);
const edit = (set: object, { revision = 0, reset = [] as string[] } = {}) =>
  ask('admin-of-all-sites', '/shop', { revision, set, reset });
const audit = async () =>
  (await store.console.listAudit({ atMs: Number.MAX_VALUE, id: '' }, 20)).map(
    ({ action, target, siteId, userName }) => [...[action, target, siteId, userName]],
  );

describe('reading', () => {
  it('lists the sites that the user may see, with their state', async () => {
    await started.gateway.disableSite('shop', { text: 'Closed.' });
    const { sites } = (await ask('viewer-of-all-sites', '')).json as { sites: SiteView[] };
    expect(sites.map(({ id, disabled, isSwitchedOff }) => [id, disabled, isSwitchedOff])).toEqual([
      ['shop', 'Closed.', true],
      ['blog', false, false],
    ]);
    const mine = (await ask('viewer-of-another-site', '')).json as { sites: SiteView[] };
    expect(mine.sites.map(({ id }) => id)).toEqual(['blog']);
  });

  it('an admin reads each setting, with its place, and the defaults; what may be secret only as being set', async () => {
    const site = await read();
    expect(settingOf(site, 'systemPrompt')).toEqual({
      path: 'systemPrompt',
      value: PROMPT,
      state: 'configured',
    });
    expect(settingOf(site, 'model')?.source).toBe('rivulet.json:4');
    expect(site.hidden).toEqual(['request.extraBody', 'request.extraHeaders']);
    expect(site.defaults).toMatchObject({
      maxAnswerChars: 1_048_576,
      'budgets.visitor.tokensPerDay': 500_000,
    });
    expect(JSON.stringify(site)).not.toMatch(/header-secret|body-secret/);
    expect([site.mayEdit, site.revision, site.edited]).toEqual([true, 0, null]);
  });

  it.each([
    ['viewer-of-the-site', false],
    ['agent-of-the-site', true],
  ] as const)(
    '%s reads what pages show, and not what the model is told or what limits visitors',
    async (name, isAgent) => {
      await edit({ 'desk.capacity': 3 });
      const site = await read(name);
      const paths = site.settings.map(({ path }) => path);
      expect(paths).toEqual([
        ...(isAgent ? ['desk.capacity'] : []),
        ...['model', 'origins', 'widget.start.greeting'],
      ]);
      expect(JSON.stringify(site)).not.toContain(PROMPT);
      expect([site.mayEdit, site.hidden, site.defaults, site.ignored]).toEqual([false, [], {}, []]);
    },
  );

  it('a site that does not exist is answered like one of others', async () => {
    const [missing, foreign] = [
      await ask('admin-of-another-site', '/nowhere'),
      await ask('admin-of-another-site', '/shop'),
    ];
    expect([missing.status, foreign]).toEqual([404, missing]);
  });

  it('the snippet names the site and the gateway, with hashes, and refuses what is no address', async () => {
    const { status, text } = await ask('viewer-of-the-site', '/shop/snippet?url=https://chat.example.com/');
    expect(status).toBe(200);
    expect(text).toContain('https://chat.example.com/rivulet.js?site=shop');
    expect(text).toMatch(/sha384-/);
    for (const url of ["https://a.example/it's", 'javascript:alert(1)', 'https://a.example/?b', ''])
      expect((await ask('viewer-of-the-site', `/shop/snippet?url=${encodeURIComponent(url)}`)).status).toBe(
        400,
      );
  });
});

describe('editing', () => {
  it('changes the next answer and no running one, and drops no connection', async () => {
    const client = await visit();
    const say = () =>
      client.send({
        ...{ type: 'send-message' as const, conversationId: mintConversationId(randomBytes) },
        ...{ messageId: mintMessageId(randomBytes), parts: [{ type: 'text' as const, text: 'Hello' }] },
      });
    say();
    const running = await started.provider.next();
    const { status, json } = await edit({ systemPrompt: 'Be brief.', 'request.temperature': 0 });
    expect([status, settingOf(json.site as SiteView, 'systemPrompt')]).toEqual([
      200,
      { path: 'systemPrompt', value: 'Be brief.', state: 'edited', configured: PROMPT },
    ]);
    say();
    const next = await started.provider.next();
    expect([running, next].map(({ request }) => request.messages[0])).toMatchObject([
      { text: PROMPT },
      { text: 'Be brief.' },
    ]);
    expect(next.request.settings).toMatchObject({
      temperature: 0,
      extraHeaders: { 'x-key': 'header-secret' },
    });
    expect(running.signal.aborted).toBe(false);
  });

  it('changes what pages are given, and pauses the site', async () => {
    await edit({ 'widget.start.greeting': 'Moin', disabled: 'Back at noon.' });
    const script = await (await fetch(`${started.url}/rivulet/site.json?site=shop`)).text();
    expect(script).toContain('Moin');
    const client = await visit();
    expect((await client.received('welcome')).disabled).toEqual({ text: 'Back at noon.' });
    expect(await read('viewer-of-the-site')).toMatchObject({
      disabled: 'Back at noon.',
      isSwitchedOff: false,
    });
  });

  it('names every value that cannot be used, by its path, and saves nothing', async () => {
    const { status, json } = await edit({
      'request.temperature': 9,
      'widget.start.greeting': '',
      model: 'large',
    });
    expect(status).toBe(400);
    expect(json.problems).toEqual([
      { path: 'request.temperature', problem: 'expected a number, 0 to 2' },
      { path: 'widget.start.greeting', problem: 'expected text of 1 to 200 characters' },
    ]);
    expect(settingOf(await read(), 'model')?.value).toBe('small');
    const money = await edit({ 'budgets.site.moneyPerDay': 5 });
    expect(money.json.problems).toEqual([
      { path: 'budgets', problem: expect.stringContaining('price') as string },
    ]);
  });

  it.each([
    {},
    { revision: -1, set: {}, reset: [] },
    { revision: 0, set: [], reset: [] },
    { revision: 0, set: {} },
  ])('%j is no edit', async (body) => {
    expect((await ask('admin-of-all-sites', '/shop', body)).status).toBe(400);
  });

  it('does not overwrite what somebody else has edited meanwhile, and says who', async () => {
    await ask('admin-of-the-site', '/shop', { revision: 0, set: { model: 'a' }, reset: [] });
    const { status, json } = await edit({ systemPrompt: 'Late.' });
    expect([status, json.edited, json.revision]).toEqual([
      409,
      { by: 'admin-of-the-site', atMs: expect.any(Number) as number },
      1,
    ]);
    expect(settingOf(await read(), 'systemPrompt')?.value).toBe(PROMPT);
    expect((await edit({ systemPrompt: 'Again.' }, { revision: 1 })).status).toBe(200);
  });

  it('goes back to the configuration', async () => {
    await edit({ model: 'a', systemPrompt: null });
    expect(settingOf(await read(), 'systemPrompt')).toMatchObject({ value: null, state: 'edited' });
    await edit({}, { revision: 1, reset: ['model', 'systemPrompt'] });
    expect((await read()).settings.filter(({ state }) => state === 'edited')).toEqual([]);
  });

  it('is in the audit log with the names of the settings, in as many entries as they need, and no text', async () => {
    const texts = Object.fromEntries(
      ['de', 'fr', 'it', 'es', 'pt', 'nl', 'ja', 'ko', 'zh'].map((tag) => [
        `widget.locales.${tag}.start.greeting`,
        'A private plan',
      ]),
    );
    expect((await edit(texts)).status).toBe(200);
    const entries = (await audit()).filter(([action]) => action === 'console-edit-site');
    expect(entries.length).toBeGreaterThan(1);
    expect(entries.every(([, target = '']) => target.length <= 255)).toBe(true);
    const named = entries.flatMap(([, target = '']) => target.split(' '));
    expect(named.toSorted()).toEqual(Object.keys(texts).toSorted());
    expect(JSON.stringify(await audit())).not.toContain('private plan');
  });

  it('that is refused leaves no entry, and one that cannot be recorded is not done', async () => {
    await edit({ 'request.temperature': 9 });
    expect((await audit()).some(([action]) => action === 'console-edit-site')).toBe(false);
    store.console.appendAudit = () => Promise.reject(new Error('the disk is full'));
    expect((await edit({ model: 'a' })).status).toBe(500);
    expect(await store.siteEdits.list()).toEqual([]);
  });

  it('takes a long prompt, and no endless one', async () => {
    expect((await edit({ systemPrompt: 'x'.repeat(500_000) })).status).toBe(200);
    expect((await edit({ systemPrompt: 'x'.repeat(1_100_000) }, { revision: 1 })).status).toBe(413);
  });
});
