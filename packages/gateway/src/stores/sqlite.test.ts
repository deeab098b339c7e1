import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { describeDurableStore } from '../testing/contracts/durable-store-contract.ts';
import { describeOwnedStore } from '../testing/contracts/owned-store-contract.ts';
import { startStoreOwner } from '../testing/store-owner.ts';
import { accepted, sampleAcceptance } from '../testing/samples.ts';
import { describeStore } from '../testing/contracts/store-contract.ts';
import { NEWEST } from './console-store.ts';
import { explainSqlite } from './sqlite-explain.ts';
import { createSqliteStore } from './sqlite.ts';
import type { Store } from './store.ts';

const newFolder = () => mkdtempSync(join(tmpdir(), 'rivulet-store-'));

async function openFixture(busyTimeoutMs = 2_000) {
  const folder = newFolder();
  const file = join(folder, 'rivulet.sqlite');
  const startOwner = () => startStoreOwner(`stores.createSqliteStore({ file: ${JSON.stringify(file)} })`);
  const stores: Store[] = [];
  const open = async () => {
    const store = await createSqliteStore({ file, busyTimeoutMs });
    stores.push(store);
    return store;
  };
  const dispose = async () => {
    await Promise.all(stores.map((store) => store.close()));
    rmSync(folder, { recursive: true });
  };
  return { store: await open(), openAnother: open, startOwner, dispose };
}

describeStore('sqlite', () => openFixture());
describeDurableStore('sqlite', () => openFixture());
describeOwnedStore('sqlite', () => openFixture(100));

describe('the SQLite file', () => {
  let folder: string;
  beforeEach(() => {
    folder = newFolder();
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it('is created with its folder, both accessible to this user only', async () => {
    const file = join(folder, 'new', 'deep', 'rivulet.sqlite');
    const store = await createSqliteStore({ file });
    await store.accept(sampleAcceptance());
    const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);
    expect(modeOf(join(folder, 'new', 'deep'))).toBe('700');
    expect(['', '-wal', '-shm'].map((ending) => modeOf(file + ending))).toEqual(['600', '600', '600']);
    await store.close();
  });

  it('is written at once while a backup reads it, and holds nothing erased in its log when the backup has ended', async () => {
    const file = join(folder, 'rivulet.sqlite');
    const store = await createSqliteStore({ file, busyTimeoutMs: 60_000 });
    const { conversationId } = await accepted(store);
    const reader = new DatabaseSync(file, { readOnly: true });
    reader.exec('BEGIN; SELECT count(*) FROM conversations');
    await store.eraseConversation(conversationId); // waiting for the reader would take 60 s
    await accepted(store);
    expect(readFileSync(`${file}-wal`, 'latin1')).toContain(conversationId);
    reader.close();
    await expect.poll(() => statSync(`${file}-wal`).size).toBe(0);
    await store.close();
  });

  it('is searched while a write waits, and a search that has ended keeps nothing erased in its log', async () => {
    const file = join(folder, 'rivulet.sqlite');
    const store = await createSqliteStore({ file, busyTimeoutMs: 60_000 });
    const { conversationId } = await accepted(store);
    const search = () => store.console.search({ sinceMs: 0, after: NEWEST, limit: 9 });
    const other = new DatabaseSync(file);
    other.exec('BEGIN IMMEDIATE');
    let hasWritten = false;
    const writing = accepted(store).then(() => {
      hasWritten = true;
    });
    const found = await search(); // behind the write it would wait for 60 s
    expect([found.conversations.map(({ id }) => id), hasWritten]).toEqual([[conversationId], false]);
    other.exec('COMMIT');
    other.close();
    await writing;
    expect((await search()).conversations).toHaveLength(2);
    await store.eraseConversation(conversationId);
    expect(statSync(`${file}-wal`).size).toBe(0);
    await store.close();
    await expect(search()).rejects.toMatchObject({ code: 'internal' });
    expect(readdirSync(folder)).not.toContain('rivulet.sqlite-wal');
  });

  it('that is not a database is named in the error', async () => {
    const file = join(folder, 'notes.txt');
    writeFileSync(file, 'these are notes and no database'.repeat(100));
    await expect(createSqliteStore({ file })).rejects.toThrow(`The database file ${file} cannot be opened`);
    expect(readFileSync(file, 'utf8')).toContain('these are notes');
  });

  it('whose folder cannot be created is named in the error', async () => {
    const file = join(folder, 'notes.txt', 'rivulet.sqlite');
    writeFileSync(join(folder, 'notes.txt'), '');
    await expect(createSqliteStore({ file })).rejects.toThrow(`The database file ${file} cannot be opened`);
  });

  it('with a newer schema version is refused and left unchanged', async () => {
    const file = join(folder, 'rivulet.sqlite');
    await (await createSqliteStore({ file })).close();
    const newer = new DatabaseSync(file);
    newer.exec('PRAGMA user_version = 99');
    newer.close();
    await expect(createSqliteStore({ file })).rejects.toThrow('schema version 99');
  });

  it('holds no byte of a message that was erased', async () => {
    const store = await createSqliteStore({ file: join(folder, 'rivulet.sqlite') });
    const acceptance = sampleAcceptance();
    const { conversationId, question } = acceptance;
    const accepted = await store.accept({
      ...acceptance,
      question: { ...question, parts: [{ type: 'text', text: 'my secret '.repeat(2_000) }] },
    });
    if (accepted.kind === 'accepted') await accepted.durable;
    const bytes = () =>
      readdirSync(folder)
        .map((name) => readFileSync(join(folder, name), 'latin1'))
        .join('');
    expect(bytes()).toContain('my secret');
    await store.eraseConversation(conversationId);
    expect(bytes()).not.toContain('my secret');
    await store.close();
  });

  it('locked by another process for too long is a ChatError that does not reveal what was written', async () => {
    const file = join(folder, 'rivulet.sqlite');
    const store = await createSqliteStore({ file, busyTimeoutMs: 1 });
    const other = new DatabaseSync(file);
    other.exec('BEGIN IMMEDIATE');
    await expect(store.check()).rejects.toMatchObject({ code: 'internal', message: /Something went wrong/ });
    other.exec('ROLLBACK');
    await store.check();
    other.close();
    await store.close();
  });
});

describe('a SQLite file that cannot be opened', () => {
  it.each([
    ['attempt to write a readonly database', 'give this user the right to write'],
    ['database or disk is full', 'free some disk space'],
    ['file is not a database', 'restore it from a backup'],
  ])('because of "%s" says what to do (G25)', (message, remedy) => {
    expect(explainSqlite(new Error(message))).toContain(`${message}; ${remedy}`);
  });
});
