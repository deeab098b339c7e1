import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createMetrics, randomBytes, silentLogger } from '../base/index.ts';
import { createMemoryRateLimiter } from '../rate-limits/memory.ts';
import { createMemoryStore } from '../stores/memory.ts';
import { createPostgresStore } from '../stores/postgres.ts';
import { createSqliteStore } from '../stores/sqlite.ts';
import type { Store } from '../stores/store.ts';
import { createFakeClock, type FakeClock } from '../testing/fake-clock.ts';
import { startMailServer, type MailServer } from '../testing/mail-server.ts';
import { startPostgres, type PostgresServer } from '../testing/postgres-server.ts';
import { createWebhooks, type Webhooks } from '../webhooks/webhooks.ts';
import { createMailTargets } from './mail-targets.ts';
import type { MailSettings, NotifySettings } from './settings.ts';

const MINUTE_MS = 60_000;
const TIMEOUT_MS = 120_000;
let postgres: PostgresServer;
beforeAll(async () => {
  postgres = await startPostgres();
}, TIMEOUT_MS);
afterAll(() => postgres.dispose(), TIMEOUT_MS);

const file = join(mkdtempSync(join(tmpdir(), 'rivulet-mail-')), 'db');
const STORES: Record<string, () => Store | Promise<Store>> = {
  memory: () => createMemoryStore(),
  SQLite: () => createSqliteStore({ file }),
  Postgres: () => createPostgresStore({ connectionString: postgres.connectionString, poolSize: 4 }),
};

let clock: FakeClock;
let server: MailServer;
let opened: Webhooks[];
let limiters: ReturnType<typeof createMemoryRateLimiter>[];
beforeEach(async () => {
  clock = createFakeClock();
  server = await startMailServer();
  [opened, limiters] = [[], []];
});
afterEach(async () => {
  for (const each of opened) each.close();
  await Promise.all([server.stop(), ...limiters.map((each) => each.close())]);
});

interface Opening {
  settings?: Partial<MailSettings>;
  notify?: NotifySettings | 'off';
}

/** The mail of one gateway, which has one site, `shop`. */
function open(store: Pick<Store, 'webhooks' | 'retention'>, { settings, notify }: Opening = {}): Webhooks {
  const { host, port } = server;
  const rateLimiter = createMemoryRateLimiter();
  limiters.push(rateLimiter);
  const targets = createMailTargets({
    settings: {
      host,
      port,
      from: 'chat@shop.example',
      to: ['team@shop.example'],
      maxPerHour: 1_000,
      ...settings,
    },
    notifyOf: (siteId) => (siteId === 'shop' ? notify : undefined),
    ...{ adminUrl: 'https://chat.shop.example', rateLimiter, clock },
  });
  const shared = { store, clock, random: randomBytes, logger: silentLogger, metrics: createMetrics() };
  const webhooks = createWebhooks({ webhooks: [], targets, ...shared });
  opened.push(webhooks);
  return webhooks;
}

/** Lets a time pass, in steps in which everything that is due is sent. */
async function pass(minutes: number): Promise<void> {
  for (let step = 0; step < minutes * 6; step += 1) {
    clock.advance(MINUTE_MS / 6);
    for (const each of opened) await each.settled();
  }
}

const shop = (conversationId: string) => ({ siteId: 'shop', conversationId });
const asked = (id: string, ownerNumber = 1) =>
  ({ type: 'conversation.queued', ...shop(id), ownerNumber, isAway: true }) as const;
const left = (id: string, email: string, name?: string) =>
  ({ type: 'conversation.address-left', ...shop(id), email, name }) as const;
const subjects = () => server.received.map(({ headers }) => headers.get('subject'));
const ids = () => server.received.map(({ headers }) => headers.get('message-id'));

describe.each(Object.keys(STORES))('mail on %s', { timeout: TIMEOUT_MS }, (name) => {
  let store: Store;
  beforeEach(async () => {
    store = await STORES[name]!();
  });
  afterEach(() => store.close());

  it('whose server is down for an hour is all delivered once it returns, in order per conversation, each mail once', async () => {
    const conversations = Array.from({ length: 2 }, (_, index) => `c_${name}_${index}`);
    const mail = open(store);
    open(store); // a second gateway on the same store
    for (const each of opened) each.start();
    await server.stop();
    for (let minute = 0; minute < 60; minute += 1) {
      for (const id of conversations) await mail.emit(left(id, `v${minute}@example.com`));
      await pass(1);
    }
    expect(await store.webhooks.count()).toEqual({ waiting: 120, dead: 0 });
    await server.restart();
    await pass(6);
    for (const id of conversations) {
      const own = server.received.filter(({ text }) => text.includes(`/${id}\n`));
      const told = own.map(({ headers }) => headers.get('reply-to'));
      expect(told).toEqual(Array.from({ length: 60 }, (_, minute) => `v${minute}@example.com`));
    }
    expect([server.received.length, new Set(ids()).size]).toEqual([120, 120]);
  });

  it('of a gateway that dies between the delivery and its record is sent again with the same Message-ID', async () => {
    const remove = () => Promise.reject(new Error('it is dead'));
    const dying = open({ ...store, webhooks: { ...store.webhooks, remove } });
    await dying.emit(asked(`c_${name}_dying`));
    await dying.settled();
    dying.close();
    opened = [];
    await open(store).settled();
    await expect.poll(async () => (await store.webhooks.count()).waiting).toBe(0);
    expect(ids().length).toBeGreaterThan(1);
    expect(new Set(ids()).size).toBe(1);
  });

  it('which the server refuses for good is a dead letter at once, and for a while is sent again, to whom it was not', async () => {
    const to = ['gone@shop.example', 'full@shop.example', 'team@shop.example'];
    server.answer = (address) => (address.startsWith('gone') ? 550 : address.startsWith('full') ? 452 : 250);
    const mail = open(store, { settings: { to } });
    mail.start();
    await mail.emit(asked(`c_${name}_refused`));
    await pass(1);
    const dead = await mail.listDead({ limit: 9, after: 0 });
    expect(dead).toMatchObject([
      {
        endpoint: 'mail',
        attempts: 1,
        problem: expect.stringMatching(/^The mail server answers 550.* to RCPT TO\.$/) as string,
      },
    ]);
    server.answer = () => 250;
    await pass(6);
    expect(await mail.redeliver([dead[0]!.id])).toBe(1);
    await mail.settled();
    expect(server.received.flatMap((each) => each.to).toSorted()).toEqual(to.toSorted());
    expect(new Set(ids()).size).toBe(1);
  });

  it('of a flood is as many mails as an hour may have, and one that tells of all others', async () => {
    const mail = open(store, { settings: { maxPerHour: 3 } });
    mail.start();
    for (let visitor = 0; visitor < 250; visitor += 1) await mail.emit(asked(`c_${name}_flood_${visitor}`));
    await store.webhooks.forget([`c_${name}_flood_3`]); // it was erased
    await pass(30);
    expect(server.received).toHaveLength(3);
    await pass(31);
    expect(subjects()).toHaveLength(4);
    expect(subjects().at(-1)).toBe('shop: 246 more events');
    const { text } = server.received.at(-1)!;
    expect(text).toContain(`/admin/conversations/c_${name}_flood_4\n`);
    expect(text).not.toContain(`_flood_3\n`);
    expect(text).toContain('- and 146 more\n');
  });
});

describe('a mail', () => {
  const tell = async (event: Parameters<Webhooks['emit']>[0], opening: Opening = {}) => {
    const mail = open(createMemoryStore(), opening);
    await mail.emit(event);
    await mail.settled();
    return server.received;
  };

  it('tells that nobody is there, with a link to the console, and is marked as written by a machine', async () => {
    const [mail] = await tell(asked('c_1'));
    expect(mail).toMatchObject({ from: 'chat@shop.example', to: ['team@shop.example'] });
    expect(Object.fromEntries(mail!.headers)).toMatchObject({
      from: 'chat@shop.example',
      to: 'team@shop.example',
      subject: 'shop: a visitor asks for a person, and nobody is there',
      'message-id': expect.stringMatching(/^<evt_[\w-]{24}@shop\.example>$/) as string,
      'auto-submitted': 'auto-generated',
      'content-type': 'text/plain; charset=utf-8',
    });
    expect(mail!.text).toContain('\nhttps://chat.shop.example/admin/conversations/c_1\n');
    expect(mail!.headers.has('reply-to')).toBe(false);
  });

  it('is not sent while somebody is there, unless the site says so', async () => {
    const present = { ...asked('c_1'), isAway: undefined };
    expect(await tell(present)).toEqual([]);
    await tell(present, { notify: { whenQueued: 'always', to: ['shop@shop.example'] } });
    expect(server.received.map(({ to }) => to)).toEqual([['shop@shop.example']]);
  });

  it('is not sent of a site that is off, of events that nobody wants, and of ratings up', async () => {
    await tell(asked('c_1'), { notify: 'off' });
    await tell(asked('c_1'), { notify: { events: ['budget.reached'] } });
    const rated = {
      type: 'conversation.rated',
      ...shop('c_1'),
      messageId: 'm',
      comment: 'Wrong.\nPrice: 3',
    } as const;
    await tell({ ...rated, value: 'down' });
    for (const value of ['up', null] as const)
      await tell({ ...rated, value }, { notify: { events: ['conversation.rated'] } });
    expect(server.received).toEqual([]);
    await tell({ ...rated, value: 'down' }, { notify: { events: ['conversation.rated'] } });
    expect(server.received[0]?.text).toContain('\n> Wrong.\n> Price: 3\n');
  });

  it('is not sent any more to an address that was taken out while it waited', async () => {
    const store = createMemoryStore();
    await server.stop();
    const before = open(store);
    await before.emit(asked('c_1'));
    await before.settled();
    before.close();
    await server.restart();
    opened = [];
    clock.advance(MINUTE_MS);
    await open(store, { settings: { to: ['other@shop.example'] } }).settled();
    expect([server.received, await store.webhooks.count()]).toEqual([[], { waiting: 0, dead: 0 }]);
  });

  it('tells of the gateway as a whole whom the service names', async () => {
    await tell(
      { type: 'upstream.failing', upstream: 'host model', failures: 9, calls: 12 },
      { notify: 'off' },
    );
    expect(subjects()).toEqual(['an upstream is failing']);
    expect(server.received[0]?.text).toContain(
      'Upstream: host model\nFailed in the last minute: 9 of 12 calls\n',
    );
  });

  const HOSTILE = [
    'v@example.com\r\nBcc: all@shop.example',
    'v@example.com>, <all@shop.example',
    '"a\r\nX-Injected: 1"@example.com',
    'v@example.com\n.\nMAIL FROM:<x@y.z>',
    'ü@example.com',
    `${'v'.repeat(300)}@example.com`,
  ];
  it.each(HOSTILE)('has nothing of a visitor in its headers that is no address: %j', async (email) => {
    const name = 'Vi\r\nBcc: all@shop.example\r\n\r\n.\r\nQUIT\u202e';
    await tell(left('c_1', email, name));
    expect(server.received).toHaveLength(1);
    const [mail] = server.received;
    expect(mail!.to).toEqual(['team@shop.example']);
    expect([...mail!.headers.keys()].toSorted()).toEqual([
      ...['auto-submitted', 'content-transfer-encoding', 'content-type', 'date', 'from', 'message-id'],
      ...['mime-version', 'subject', 'to'],
    ]);
    expect([...mail!.headers.values()].join('\n')).not.toMatch(/Vi|v@|ü/);
    expect(mail!.text).toMatch(/^Name: Vi Bcc: all@shop\.example \. QUIT$/m);
  });
});
