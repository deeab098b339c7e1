import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDiskFileStore } from '../../files/disk.ts';
import { openSqlite } from '../../stores/sqlite-database.ts';
import { MIGRATIONS } from '../../stores/sqlite-schema.ts';
import { createSqliteStore } from '../../stores/sqlite.ts';
import { fillDataFolder, FILE_TEXT, type FilledFolder } from '../../testing/data-folder.ts';
import { accepted } from '../../testing/samples.ts';
import { prepareDataFolder } from '../data-folder.ts';
import { readConfig } from '../read-config.ts';
import { backup } from './backup.ts';
import { restore } from './restore.ts';

let folder: string;
let filled: FilledFolder;
const at = (...names: string[]) => join(folder, ...names);
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rivulet-backup-'));
  filled = await fillDataFolder(at('data'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const { signal } = new AbortController();
const configOf = (dataFolder: string, more = {}) => ({
  ...readConfig({ environment: {}, flags: {} }),
  dataFolder,
  ...more,
});
const take = (target = at('b.tar.gz'), more = {}) =>
  backup({ config: configOf(at('data'), more), target, gatewayVersion: '1.2.3', signal });
const put = (into = at('restored'), more = {}) =>
  restore({ config: configOf(into, more), source: at('b.tar.gz'), signal });

describe('a backup', () => {
  it('is restored with conversations, files, their owners and the secret', async () => {
    const manifest = await take();
    expect(manifest).toMatchObject({
      conversations: 1,
      messages: 2,
      files: 2,
      missingFiles: [],
      gatewayVersion: '1.2.3',
    });
    await put();
    const store = await createSqliteStore({ file: at('restored', 'rivulet.sqlite') });
    const messages = await store.readMessages(filled.conversationId);
    expect(messages.map(({ id }) => id)).toContain(filled.question.id);
    await store.close();
    const files = createDiskFileStore({ folder: at('restored', 'files') });
    const opened = await files.open(filled.sent);
    expect(opened && String(await buffer(opened.content))).toBe(FILE_TEXT);
    expect(await files.usageOf(filled.owner)).toEqual({ files: 2, bytes: 2 * FILE_TEXT.length });
    expect(await files.sweep(Date.now())).toBe(1); // the unsent one
    expect(await files.removeOf({ conversationIds: [filled.conversationId] })).toBe(1);
    expect(readFileSync(at('restored', 'secret.key'), 'utf8')).toBe(`${'s'.repeat(43)}\n`);
  });

  it('has the files of a conversation with its owner, also when the files follow a sign-in that the copy lacks', async () => {
    const files = createDiskFileStore({ folder: at('data', 'files') });
    await files.moveFiles(filled.owner, { ...filled.owner, ownerId: 'u_ann' });
    await files.close();
    await take();
    await put();
    const restored = createDiskFileStore({ folder: at('restored', 'files') });
    expect(await restored.read(filled.sent)).toMatchObject(filled.owner);
    expect(await restored.usageOf(filled.owner)).toMatchObject({ files: 1 });
  });

  it('has what was edited of the settings of sites', async () => {
    const edit = {
      ...{ siteId: 'shop', revision: 1, userName: 'ann', atMs: 5 },
      settings: { systemPrompt: 'Be brief.', model: null },
    };
    const store = await createSqliteStore({ file: at('data', 'rivulet.sqlite') });
    await store.siteEdits.keep(edit);
    await store.close();
    await take();
    await put();
    const restored = await createSqliteStore({ file: at('restored', 'rivulet.sqlite') });
    expect(await restored.siteEdits.list()).toEqual([edit]);
    await restored.close();
  });

  it('and what is restored is accessible to this user only, and holds nothing else', async () => {
    await take();
    await put();
    const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);
    expect(modeOf(at('b.tar.gz'))).toBe('600');
    expect(readdirSync(at('restored')).sort()).toEqual(['files', 'rivulet.sqlite', 'secret.key']);
    expect(readdirSync(folder).sort()).toEqual(['b.tar.gz', 'data', 'restored']);
    const paths = readdirSync(at('restored'), { recursive: true, withFileTypes: true });
    const modes = paths.map(
      (one) => modeOf(join(one.parentPath, one.name)) + (one.isFile() ? ' file' : ' folder'),
    );
    expect(new Set(modes)).toEqual(new Set(['600 file', '700 folder']));
  });

  it('is taken while another connection has an open transaction, and holds what was committed', async () => {
    const store = await createSqliteStore({ file: at('data', 'rivulet.sqlite') });
    await accepted(store);
    const writer = openSqlite({ file: at('data', 'rivulet.sqlite') });
    writer.begin('process-death');
    writer.prepare('DELETE FROM conversations').run();
    expect(await take()).toMatchObject({ conversations: 2, messages: 4 });
    writer.rollBack();
    writer.close();
    await store.close();
  });

  it('leaves out the remains of files that are not complete', async () => {
    writeFileSync(at('data', 'files', 'blobs', 'f_without_record'), 'x');
    appendFileSync(at('data', 'files', 'records', `${filled.unsent}.json`), '}');
    expect(await take()).toMatchObject({ files: 1, missingFiles: [] });
  });

  it('names the files of messages that were erased', async () => {
    rmSync(at('data', 'files'), { recursive: true });
    expect(await take()).toMatchObject({ files: 0, missingFiles: [filled.sent] });
    expect(await put()).toMatchObject({ conversations: 1 });
  });

  it('with a secret is not restored for a configuration with another one, which would lock its visitors out', async () => {
    await take();
    await expect(put(at('restored'), { secret: 'x'.repeat(32) })).rejects.toThrow(/unset RIVULET_SECRET/);
    expect(existsSync(at('restored'))).toBe(false);
    await put(at('restored'), { secret: 's'.repeat(43) });
    expect(existsSync(at('restored', 'rivulet.sqlite'))).toBe(true);
  });

  it('of a gateway with a secret in its configuration is restored with that secret only', async () => {
    const secret = 'x'.repeat(32);
    expect(await take(at('b.tar.gz'), { secret })).toMatchObject({ secret: 'configuration' });
    await expect(put()).rejects.toThrow('set RIVULET_SECRET to the same');
    expect(existsSync(at('restored'))).toBe(false);
    await put(at('restored'), { secret });
    expect(readdirSync(at('restored'))).not.toContain('secret.key');
  });

  it('of an older schema is restored as it is, and migrated by the next start', async () => {
    for (const name of readdirSync(at('data')).filter((each) => each.startsWith('rivulet.sqlite')))
      rmSync(at('data', name));
    const database = new DatabaseSync(at('data', 'rivulet.sqlite'));
    for (const sql of MIGRATIONS.slice(0, 7)) database.exec(sql);
    database.exec('PRAGMA user_version = 7');
    database.close();
    expect(await take()).toMatchObject({ schemaVersion: 7 });
    await put();
    const store = await createSqliteStore({ file: at('restored', 'rivulet.sqlite') });
    expect(await store.listRevocations(0)).toEqual([]);
    await store.close();
  });
});

describe('a backup is not taken', () => {
  const ENTRIES = ['data'];
  afterEach(() => {
    expect(readdirSync(folder)).toEqual(ENTRIES);
  });

  it.each([
    [{ store: 'memory' }, 'the store is memory, which keeps nothing'],
    [{ postgresUrl: 'postgres://a:hunter2@b/c' }, `pg_dump --format=custom --table='rivulet_*'`],
  ])('of another store: %j', async (more, sentence) => {
    const failure = await take(at('b.tar.gz'), more).catch(String);
    expect(failure).toContain(sentence);
    expect(failure).not.toContain('hunter2');
  });

  it('without a database, or without the secret of the gateway', async () => {
    const empty = backup({ config: configOf(at('none')), target: at('b'), gatewayVersion: '', signal });
    await expect(empty).rejects.toThrow(`There is no database ${at('none', 'rivulet.sqlite')}`);
    rmSync(at('data', 'secret.key'));
    await expect(take()).rejects.toThrow('give both commands the same');
  });

  it('over a file that exists, or into a folder that does not', async () => {
    await expect(take(at('data'))).rejects.toThrow(`${at('data')} exists already`);
    await expect(take(at('none', 'b'))).rejects.toThrow('it does not exist and cannot be created');
  });

  it('of a damaged database', async () => {
    writeFileSync(at('data', 'rivulet.sqlite'), 'no database at all, but long enough to be read'.repeat(99));
    await expect(take()).rejects.toThrow(`The database file ${at('data', 'rivulet.sqlite')} cannot be read`);
  });

  it('when it is interrupted', async () => {
    const stopped = AbortSignal.abort(new Error('interrupted'));
    const taken = backup({
      config: configOf(at('data')),
      target: at('b'),
      gatewayVersion: '',
      signal: stopped,
    });
    await expect(taken).rejects.toThrow();
  });
});

describe('a backup is not restored', () => {
  it('into a folder that is not empty, which stays as it is', async () => {
    await take();
    const before = readdirSync(at('data'), { recursive: true });
    await expect(put(at('data'))).rejects.toThrow(`The data folder ${at('data')} is not empty`);
    expect(readdirSync(at('data'), { recursive: true })).toEqual(before);
  });

  it('into the folder of a running gateway, which is named', async () => {
    await take();
    const store = await createSqliteStore({ file: at('data', 'rivulet.sqlite') });
    await store.own();
    await expect(put(at('data'))).rejects.toThrow(`is used by a gateway: process ${process.pid} on `);
    await store.close();
  });

  it('beside another restore; and no gateway starts meanwhile, nor after one was cut off', async () => {
    await take();
    await put();
    rmSync(at('restored'), { recursive: true });
    mkdirRestoring();
    await expect(put()).rejects.toThrow('another restore is running, or was cut off');
    expect(() => {
      prepareDataFolder(at('restored'));
    }).toThrow('is incomplete: a backup is being restored into it');
  });

  const mkdirRestoring = () => {
    prepareDataFolder(at('restored', 'restoring'));
  };

  it('when there is no such file', async () => {
    await expect(put()).rejects.toThrow(`${at('b.tar.gz')} cannot be read: there is no such file (ENOENT)`);
  });
});
