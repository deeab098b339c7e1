/** What of a data folder arrives in a real Postgres. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { buffer } from 'node:stream/consumers';
import { mintRunId } from '@rivulet/protocol';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { randomBytes } from '../../base/index.ts';
import { createDiskFileStore } from '../../files/disk.ts';
import { createPostgresStore } from '../../stores/postgres.ts';
import { createSqliteStore } from '../../stores/sqlite.ts';
import type { Store } from '../../stores/store.ts';
import { fillDataFolder, FILE_TEXT, type FilledFolder } from '../../testing/data-folder.ts';
import { startPostgres, type PostgresServer } from '../../testing/postgres-server.ts';
import { sampleFacts } from '../../testing/contracts/store-run-facts-contract.ts';
import { accepted, sampleAcceptance, SAMPLE_MS, withText } from '../../testing/samples.ts';
import { readConfig } from '../read-config.ts';
import { importFolder, type ImportOptions } from './import.ts';

const TIMEOUT_MS = 60_000;
const DAY = 20_000;
const UNLIMITED = { tokens: Infinity, costPico: Infinity };
let server: PostgresServer;
let count = 0;
let folder: string;
let filled: FilledFolder;
const opened: Store[] = [];
const at = (...names: string[]) => join(folder, ...names);
beforeAll(async () => {
  server = await startPostgres();
}, TIMEOUT_MS);
afterAll(() => server.dispose(), TIMEOUT_MS);
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rivulet-import-'));
  filled = await fillDataFolder(at('data'));
});
afterEach(async () => {
  for (const store of opened.splice(0)) await store.close();
  rmSync(folder, { recursive: true });
});

async function emptyDatabase() {
  const database = `imported${(count += 1)}`;
  await server.run(`CREATE DATABASE ${database}`);
  const postgresUrl = server.connectionString.replace('/postgres?', `/${database}?`);
  const put = (more: Partial<ImportOptions> = {}, settings = {}) =>
    importFolder({
      config: {
        ...readConfig({ environment: {}, flags: {} }),
        dataFolder: at('data'),
        postgresUrl,
        ...settings,
      },
      into: at('data'),
      signal: new AbortController().signal,
      report: () => undefined,
      ...more,
    });
  const open = () => {
    const store = createPostgresStore({ connectionString: postgresUrl });
    opened.push(store);
    return store;
  };
  return { put, open, run: (sql: string) => server.run(sql, database) };
}

const openSqlite = async (): Promise<Store> => createSqliteStore({ file: at('data', 'rivulet.sqlite') });
/** Does something as a gateway on the folder. */
async function onFolder<Result>(work: (store: Store) => Promise<Result>): Promise<Result> {
  const store = await openSqlite();
  return work(store).finally(() => store.close());
}
describe('an imported data folder', { timeout: TIMEOUT_MS }, () => {
  it('has its conversations, branches, titles and search, for the same owner only', async () => {
    const saved = await onFolder(async (store) => {
      const first = await accepted(store, { owner: filled.owner });
      const answer = { ...withText(first.answer, 'A café'), parentId: first.question.id };
      const run = { id: mintRunId(randomBytes), startedAtMs: SAMPLE_MS, state: 'finished' as const };
      await store.endRun(
        first.conversationId,
        { ...answer, run, rounds: [{ at: 0, metadata: { x: 1 } }], facts: sampleFacts() },
        5,
      );
      await store.setTitle(first.conversationId, 'Ünlike\u0000 \ud83d', 6);
      const read = async (of: Store) => ({
        messages: await of.readMessages(first.conversationId),
        branch: await of.readBranch(first.conversationId, answer.id, 10_000),
        listed: await of.listConversations(filled.owner, { limit: 9 }),
        found: await of.listConversations(filled.owner, { limit: 9, query: 'CAFÉ' }),
        named: await of.listConversations(filled.owner, { limit: 9, query: 'ünl' }),
        kept: await of.readKept(filled.owner),
        unsettled: await of.listUnsettled(),
        facts: await of.console.readFacts(first.conversationId),
        ranked: await of.console.rank({ sort: 'cost', sinceMs: 0, beforeMs: 1e15, limit: 9 }),
      });
      return { read, expected: await read(store) };
    });
    const { put, open } = await emptyDatabase();
    const imported = await put();
    expect(Object.fromEntries(imported.rows)).toMatchObject({ conversations: 2, messages: 4, keys: 2 });
    expect(imported).toMatchObject({ files: 2, copied: 0, unreadable: 0 });
    const store = open();
    expect(await saved.read(store)).toEqual(saved.expected);
    expect(saved.expected.found).toHaveLength(1);
    expect(saved.expected.facts).toMatchObject([{ facts: sampleFacts() }]);
    expect(await store.listConversations({ ...filled.owner, ownerId: 'v_other' }, { limit: 9 })).toEqual([]);
  });

  it('has its idempotency keys, so that a message that is sent again is not accepted twice', async () => {
    const acceptance = sampleAcceptance({ owner: filled.owner });
    await onFolder((store) => store.accept(acceptance));
    const { put, open } = await emptyDatabase();
    await put();
    expect(await open().accept(acceptance)).toMatchObject({ kind: 'repeated' });
  });

  it('has its holds, revocations, switches, edited settings, usage and budgets', async () => {
    const { owner, conversationId } = filled;
    const amount = { tokens: 7, costPico: 12_000_000 };
    const limits = { visitor: UNLIMITED, site: UNLIMITED };
    const revocation = {
      siteId: owner.siteId,
      kind: 'owner' as const,
      id: owner.ownerId,
      atMs: 3,
      untilMs: 9,
    };
    const usage = { inputTokens: 2, outputTokens: 3 };
    const read = async (store: Store) => ({
      holds: await store.retention.listHolds(9),
      erased: await store.retention.listErased(9),
      revocations: await store.listRevocations(0),
      switches: await store.switches.list(),
      siteEdits: await store.siteEdits.list(),
      usage: await store.readUsage(owner, 0),
      spent: await store.spending.readSpent(owner, DAY),
    });
    const expected = await onFolder(async (store) => {
      await accepted(store, { owner, reservation: { day: DAY, amount, limits } });
      const gone = await accepted(store, { owner });
      await store.eraseConversation(gone.conversationId);
      await store.retention.hold({ conversationId, sinceMs: 1, reason: 'case 7' });
      await store.addRevocation(revocation);
      await store.switches.keep({ siteId: 'shop', disabled: 'later', atMs: 4 });
      const settings = { systemPrompt: 'Edited.', model: null };
      await store.siteEdits.keep({ siteId: 'shop', revision: 1, settings, userName: 'ann', atMs: 4 });
      await store.recordUsage({ runId: mintRunId(randomBytes), conversationId, owner, usage, atMs: 5 });
      return read(store);
    });
    expect(expected.spent.site).toEqual(amount);
    const { put, open } = await emptyDatabase();
    await put();
    expect(await read(open())).toEqual(expected);
  });

  it('has the text of an answer that was being written when its gateway was killed', async () => {
    const saved = await onFolder(async (store) => {
      const one = await accepted(store, { owner: filled.owner });
      const { conversationId, answer } = one;
      const part = { type: 'text-delta' as const, messageId: answer.id, partIndex: 0, delta: 'so far' };
      const runId = answer.run?.id ?? mintRunId(randomBytes);
      const started = { type: 'text-started' as const, messageId: answer.id, runId, partIndex: 0 };
      await store.saveProgress([
        { conversationId, messageId: answer.id, events: [started, part] as never }, // as the run logs them
      ]);
      return { conversationId, messages: await store.readMessages(conversationId) };
    });
    const { put, open } = await emptyDatabase();
    await put();
    expect(await open().readMessages(saved.conversationId)).toEqual(saved.messages);
  });

  it('leaves out messages that no gateway can read, and says how many', async () => {
    const database = new DatabaseSync(at('data', 'rivulet.sqlite'));
    database.prepare('UPDATE messages SET body = \'{"id":\' WHERE message_id <> ?').run(filled.question.id);
    database.close();
    const { put, open } = await emptyDatabase();
    expect(await put()).toMatchObject({ unreadable: 1 });
    expect((await open().readMessages(filled.conversationId)).map(({ id }) => id)).toEqual([
      filled.question.id,
    ]);
  });
});

describe('the files and the secret of the folder', { timeout: TIMEOUT_MS }, () => {
  it('are copied into another folder, for the same owner and conversation, once', async () => {
    const { put } = await emptyDatabase();
    expect(await put({ into: at('shared') })).toMatchObject({ files: 2, copied: 2 });
    const files = createDiskFileStore({ folder: at('shared', 'files') });
    const file = await files.open(filled.sent);
    expect(file && String(await buffer(file.content))).toBe(FILE_TEXT);
    expect(file?.record).toMatchObject({ ...filled.owner, conversationId: filled.conversationId });
    expect(await files.usageOf(filled.owner)).toEqual({ files: 2, bytes: 2 * FILE_TEXT.length });
    expect(await files.sweep(Date.now())).toBe(1); // the unsent one
    expect(readFileSync(at('shared', 'secret.key'), 'utf8')).toBe(`${'s'.repeat(43)}\n`);
  });

  it.each([
    ['another one in the configuration', { secret: 'x'.repeat(32) }, /holds the secret of its gateway/],
    ['another one in the other folder', {}, /hold different secrets/],
  ])('with %s are refused before anything is done', async (_what, settings, expected) => {
    const { put, run } = await emptyDatabase();
    const other = at('other');
    await fillDataFolder(other);
    writeFileSync(join(other, 'secret.key'), `${'t'.repeat(43)}\n`);
    await expect(put({ into: other }, settings)).rejects.toThrow(expected);
    expect(await run("SELECT 1 FROM pg_class WHERE relname LIKE 'rivulet%'")).toEqual([]);
  });

  it('without a secret anywhere are refused', async () => {
    rmSync(at('data', 'secret.key'));
    const { put } = await emptyDatabase();
    await expect(put()).rejects.toThrow(/give this command the same/);
    await put({}, { secret: 'x'.repeat(32) });
  });
});
