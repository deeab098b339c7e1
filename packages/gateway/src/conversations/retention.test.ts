import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { ConversationId } from '@rivulet/protocol';
import { createKeyedMutex, createMetrics, DEFAULT_LIMITS, randomBytes, silentLogger } from '../base/index.ts';
import { createMemoryEventLog } from '../event-logs/memory.ts';
import { mintFileId } from '../files/file-id.ts';
import { createMemoryFileStore } from '../files/memory.ts';
import { DAY_MS, lastTimeOfDay } from '../sites/retention-days.ts';
import { createSites, type Site } from '../sites/sites.ts';
import { createMemoryStore } from '../stores/memory.ts';
import { createPostgresStore } from '../stores/postgres.ts';
import { createSqliteStore } from '../stores/sqlite.ts';
import type { Store } from '../stores/store.ts';
import { createFakeClock } from '../testing/fake-clock.ts';
import { startPostgres, type PostgresServer } from '../testing/postgres-server.ts';
import { accepted, finished, sampleOwner } from '../testing/samples.ts';
import { ERASED_AT_ONCE, eraseRemains } from './erasure.ts';
import { createRetention, type RetentionOptions } from './retention.ts';
import { createUploads } from './uploads.ts';

/** Four in the morning, an hour after the time of retention. */
const NOW_MS = Date.UTC(2026, 10, 29, 4);
const OLD_MS = NOW_MS - 31 * DAY_MS;

let postgres: PostgresServer;
beforeAll(async () => {
  postgres = await startPostgres();
}, 120_000);
afterAll(() => postgres.dispose(), 120_000);

const STORES: Record<string, () => Store | Promise<Store>> = {
  memory: createMemoryStore,
  SQLite: async () => {
    const folder = mkdtempSync(join(tmpdir(), 'rivulet-retention-'));
    onTestFinished(() => {
      rmSync(folder, { recursive: true, force: true });
    });
    return createSqliteStore({ file: join(folder, 'rivulet.db') });
  },
  Postgres: () => createPostgresStore({ connectionString: postgres.connectionString }),
};

let count = 0;
/** A gateway's retention over a store; each call has a site of its own unless one is given. */
function open(store: Store, options: Partial<RetentionOptions> & { site?: Partial<Site> } = {}) {
  count += 1;
  const { site, ...others } = options;
  const id = site?.id ?? `shop${count}-${process.pid}`;
  const sites = createSites([{ id, origins: ['self'], retentionDays: 30, ...site }]);
  const clock = createFakeClock(NOW_MS);
  const files = createMemoryFileStore();
  const logger = { ...silentLogger, info: vi.fn(), error: vi.fn() };
  const shared: RetentionOptions = {
    store,
    eventLog: createMemoryEventLog(),
    mutex: createKeyedMutex(),
    uploads: createUploads({ files, clock, random: randomBytes, limits: DEFAULT_LIMITS }),
    sites,
    clock,
    random: randomBytes,
    metrics: createMetrics(),
    logger,
    retentionTime: '03:00',
    ...others,
  };
  return { ...shared, clock, files, logger, siteId: id, retention: createRetention(shared) };
}

/** A conversation whose answer has ended, last active at this time. */
async function conversationOf(store: Store, siteId: string, nowMs: number): Promise<ConversationId> {
  const owner = { ...sampleOwner(), siteId };
  const { conversationId, answer } = await accepted(store, { owner, nowMs });
  await store.endRun(conversationId, finished(answer), nowMs);
  await store.settleRun(conversationId, answer.id);
  return conversationId;
}

async function fileOf({ files, siteId }: ReturnType<typeof open>, id: ConversationId): Promise<string> {
  const meta = { ...sampleOwner(), siteId, name: 'a.txt', mediaType: 'text/plain', createdAtMs: OLD_MS };
  async function* content() {
    yield await Promise.resolve(Buffer.from('text'));
  }
  const record = await files.put(content(), { ...meta, id: mintFileId(randomBytes) }, { maxBytes: 9 });
  await files.attach(record.id, id);
  return record.id;
}

describe.each(Object.keys(STORES))('retention on %s', (name) => {
  const create = async () => {
    const store = await STORES[name]!();
    onTestFinished(() => store.close());
    return store;
  };

  it('erases what is old, with its files and events, keeps what is not, and says so in one line', async () => {
    const store = await create();
    const opened = open(store);
    const [old, young] = [
      await conversationOf(store, opened.siteId, OLD_MS),
      await conversationOf(store, opened.siteId, NOW_MS - 30 * DAY_MS),
    ];
    const [oldFile, youngFile] = [await fileOf(opened, old), await fileOf(opened, young)];
    await opened.eventLog.append(old, [{ type: 'conversation-updated', title: 'old' }]);
    await opened.retention.run();
    expect([await store.readConversation(old), await store.readMessages(young)]).toMatchObject([
      undefined,
      { length: 2 },
    ]);
    expect([await opened.files.read(oldFile), await opened.files.read(youngFile)]).toMatchObject([
      undefined,
      { id: youngFile },
    ]);
    expect((await opened.eventLog.read(old)).events).toEqual([]);
    expect(await store.retention.listErased(10_000)).not.toContain(old);
    expect(opened.logger.info.mock.calls).toEqual([
      [
        { conversations: 1, files: 1, durationMs: 0, sites: { [opened.siteId]: 1 }, moreSites: 0 },
        'old conversations were erased',
      ],
    ]);
  });

  it('leaves a conversation with an unfinished run, and one that is held', async () => {
    const store = await create();
    const opened = open(store);
    const owner = { ...sampleOwner(), siteId: opened.siteId };
    const running = await accepted(store, { owner, nowMs: OLD_MS });
    const held = await conversationOf(store, opened.siteId, OLD_MS);
    await store.retention.hold({ conversationId: held, sinceMs: OLD_MS, reason: 'case 7' });
    await opened.retention.run();
    expect(await store.readMessages(running.conversationId)).toHaveLength(2);
    expect(await store.readMessages(held)).toHaveLength(2);
  });

  it('is done once a day by one of several gateways', async () => {
    const store = await create();
    const one = open(store);
    const other = open(store, { site: { id: one.siteId } });
    await Promise.all([one.retention.run(), other.retention.run()]);
    expect(one.logger.info.mock.calls.length + other.logger.info.mock.calls.length).toBe(1);
    const next = await conversationOf(store, one.siteId, OLD_MS);
    one.clock.advance(22 * 60 * 60_000);
    await one.retention.run();
    expect(await store.readConversation(next)).toBeDefined();
    one.clock.advance(60 * 60_000);
    await one.retention.run();
    expect(await store.readConversation(next)).toBeUndefined();
  });

  it('goes on where a gateway has died, when its claim has ended', async () => {
    const store = await create();
    const dying = open(store);
    const ids = [];
    for (let index = 0; index < ERASED_AT_ONCE + 3; index += 1)
      ids.push(await conversationOf(store, dying.siteId, OLD_MS + index));
    const file = await fileOf(dying, ids[0]!);
    // It dies when its first batch has left the store: neither files nor events are erased, and it never claims again.
    const crash = { ...dying.uploads, eraseConversations: () => new Promise<number>(() => undefined) };
    const eraseExpired = vi.spyOn(store.retention, 'eraseExpired');
    void open(store, { site: { id: dying.siteId }, uploads: crash }).retention.run();
    await vi.waitFor(() => {
      expect(eraseExpired.mock.settledResults[0]?.type).toBe('fulfilled');
    });
    expect(await dying.files.read(file)).toBeDefined();
    await dying.retention.run();
    expect(await store.readConversation(ids.at(-1)!)).toBeDefined();
    dying.clock.advance(5 * 60_000);
    await dying.retention.run();
    await eraseRemains(dying);
    expect(await store.readConversation(ids.at(-1)!)).toBeUndefined();
    expect(await dying.files.read(file)).toBeUndefined();
  });
});

describe('retention', () => {
  it('erases 10,000 conversations in batches, between which other work is done', async () => {
    const store = createMemoryStore();
    const opened = open(store);
    for (let index = 0; index < 10_000; index += 1) await conversationOf(store, opened.siteId, OLD_MS);
    const listed = vi.spyOn(store.retention, 'listExpired');
    const erased = vi.spyOn(store.retention, 'eraseExpired');
    let turns = 0;
    let isOver = false;
    const turn = () => {
      turns += 1;
      if (!isOver) setImmediate(turn);
    };
    setImmediate(turn);
    await opened.retention.run();
    isOver = true;
    const batches = Math.ceil(10_000 / ERASED_AT_ONCE);
    expect(Math.max(...erased.mock.calls.map(([, ids]) => ids.length))).toBe(ERASED_AT_ONCE);
    expect([listed.mock.calls.length, erased.mock.calls.length]).toEqual([batches + 1, batches]);
    expect(turns).toBeGreaterThanOrEqual(batches);
    expect(opened.logger.info.mock.calls[0]?.[0]).toMatchObject({ conversations: 10_000 });
    expect(await opened.metrics.registry.getSingleMetricAsString('rivulet_retention_erased_total')).toContain(
      'kind="conversation"} 10000',
    );
  });

  it('asks the application first, by owner, and erases nothing when it refuses', async () => {
    const store = createMemoryStore();
    const told: unknown[] = [];
    const refusing = open(store, { onErase: () => Promise.reject(new Error('the index is away')) });
    const id = await conversationOf(store, refusing.siteId, OLD_MS);
    await refusing.retention.run();
    expect(await store.readConversation(id)).toBeDefined();
    expect(refusing.logger.error).toHaveBeenCalledOnce();
    const opened = open(store, {
      site: { id: refusing.siteId },
      onErase: async (erased) => void told.push(await Promise.resolve(erased)),
    });
    opened.clock.advance(5 * 60_000);
    await opened.retention.run();
    expect(told).toMatchObject([{ conversationIds: [id], heldIds: [], scope: 'expired' }]);
    expect(await store.readConversation(id)).toBeUndefined();
  });

  it('erases nothing of a site that keeps its conversations, nor of one that it does not serve', async () => {
    const store = createMemoryStore();
    const opened = open(store, { site: { retentionDays: 'off' } });
    const ids = [await conversationOf(store, opened.siteId, 0), await conversationOf(store, 'other', 0)];
    await opened.retention.run();
    for (const id of ids) expect(await store.readConversation(id)).toBeDefined();
    expect(opened.logger.info).not.toHaveBeenCalled();
  });

  it('keeps a conversation that gets a message at the last moment, with its files', async () => {
    const store = createMemoryStore();
    const id = await conversationOf(store, 'last-moment', OLD_MS);
    const opened = open(store, {
      site: { id: 'last-moment' },
      onErase: () => store.setTitle(id, 'in use again', NOW_MS),
    });
    const file = await fileOf(opened, id);
    await opened.retention.run();
    expect([(await store.readConversation(id))?.title, (await opened.files.read(file))?.id]).toEqual([
      'in use again',
      file,
    ]);
  });

  it.each([
    ['03:00', Date.UTC(2026, 0, 2, 3), Date.UTC(2026, 0, 2, 3)],
    ['03:00', Date.UTC(2026, 0, 2, 2, 59), Date.UTC(2026, 0, 1, 3)],
    ['23:30', Date.UTC(2026, 0, 1), Date.UTC(2025, 11, 31, 23, 30)],
  ])('%s was last, at %i, at %i', (time, nowMs, expected) => {
    expect(lastTimeOfDay(time, nowMs)).toBe(expected);
  });
});
