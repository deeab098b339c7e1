/** Backups that were cut off, changed, or made to harm: each is refused, and the data folder is as it was. */
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { createTarPacker, packTar, unpackTar, type TarEntry } from 'modern-tar';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SCHEMA_VERSION } from '../../stores/sqlite-schema.ts';
import { fillDataFolder } from '../../testing/data-folder.ts';
import { readConfig } from '../read-config.ts';
import { backup } from './backup.ts';
import { BackupError } from './backup-error.ts';
import { restore } from './restore.ts';

const isFull = process.env.RIVULET_SCALE === 'full';
/** Every so many bytes a backup is cut off or changed. */
const STEP = isFull ? 3 : 29;
const folder = mkdtempSync(join(tmpdir(), 'rivulet-damaged-'));
const restored = join(folder, 'restored');
const { signal } = new AbortController();
const configOf = (dataFolder: string) => ({ ...readConfig({ environment: {}, flags: {} }), dataFolder });
const print = (line: string) => void process.stdout.write(`${line}\n`);

let whole: Buffer;
let entries: { name: string; data: Uint8Array }[];
beforeAll(async () => {
  await fillDataFolder(join(folder, 'data'));
  const target = join(folder, 'whole');
  await backup({ config: configOf(join(folder, 'data')), target, gatewayVersion: '1.2.3', signal });
  whole = readFileSync(target);
  const unpacked = await unpackTar(gunzipSync(whole));
  entries = unpacked.map(({ header, data = new Uint8Array() }) => ({ name: header.name, data }));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Restores these bytes. @returns the sentence of the refusal; undefined when they were restored */
async function refusalOf(bytes: Uint8Array): Promise<string | undefined> {
  const source = join(folder, 'changed');
  writeFileSync(source, bytes);
  try {
    await restore({ config: configOf(restored), source, signal });
    return undefined;
  } catch (error) {
    if (!(error instanceof BackupError)) throw error;
    expect(existsSync(restored)).toBe(false);
    return error.message;
  }
}

/** Whether the restored folder is the original one; it is removed. */
function isIntact(): boolean {
  const digest = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex');
  const database = entries.find(({ name }) => name === 'rivulet.sqlite')?.data ?? new Uint8Array();
  const isSame =
    digest(join(restored, 'rivulet.sqlite')) === createHash('sha256').update(database).digest('hex');
  const count = readdirSync(join(restored, 'files', 'blobs')).length;
  rmSync(restored, { recursive: true });
  return isSame && count === 2;
}

const offsets = () => Array.from({ length: Math.floor(whole.length / STEP) }, (_, n) => n * STEP);

describe('a damaged backup', () => {
  it('that was cut off anywhere is refused', async () => {
    const cuts = [...offsets(), whole.length - 1];
    const told = [];
    for (const length of cuts) told.push(await refusalOf(whole.subarray(0, length)));
    print(`backups cut off: ${told.filter(Boolean).length} of ${cuts.length} refused`);
    expect(told.filter((sentence) => sentence === undefined)).toEqual([]);
  });

  it('with a changed byte is refused, or the byte meant nothing', async () => {
    let [refused, intact] = [0, 0];
    for (const offset of offsets()) {
      const changed = Buffer.from(whole);
      changed[offset] = (changed[offset] ?? 0) ^ 0xff;
      if ((await refusalOf(changed)) !== undefined) refused += 1;
      else if (isIntact()) intact += 1;
    }
    print(
      `backups with a changed byte: ${refused} refused, ${intact} restored as they were, of ${offsets().length}`,
    );
    expect(refused + intact).toBe(offsets().length);
  });

  it('whose content was changed, with right checksums of gzip and tar, is refused', async () => {
    for (const { name } of entries) {
      const changed = entries.map((one) =>
        one.name === name ? { ...one, data: Uint8Array.from(one.data, (byte) => byte ^ 1) } : one,
      );
      expect(await refusalOf(await pack(changed))).toMatch(/is damaged|is not a backup/);
    }
  });

  it('without one of its members is refused', async () => {
    for (const { name } of entries)
      expect(await refusalOf(await pack(entries.filter((one) => one.name !== name)))).toBeDefined();
  });
});

type Special = TarEntry['header'];
const pack = async (all: readonly { name: string; data: Uint8Array }[], special: Special[] = []) => {
  const files = all.map(({ name, data }): TarEntry => ({ header: { name, size: data.length }, body: data }));
  const [first, ...rest] = files;
  const hostile = special.map((header): TarEntry => ({ header, body: new Uint8Array(header.size) }));
  return gzipSync(await packTar([...(first === undefined ? [] : [first]), ...hostile, ...rest]));
};

/** The backup with another value in its first or last member. */
const withValue = (member: string, value: object) =>
  pack(
    entries.map(({ name, data }) =>
      name === member
        ? {
            name,
            data: Buffer.from(
              JSON.stringify({ ...(JSON.parse(Buffer.from(data).toString()) as object), ...value }),
            ),
          }
        : { name, data },
    ),
  );

/** The first member, and the first bytes of a database of 8 PiB. */
async function beginningOfHugeMember(): Promise<Buffer> {
  const { readable, controller } = createTarPacker();
  const first = new Uint8Array(entries[0]?.data ?? []);
  const header = controller.add({ name: 'backup.json', size: first.length }).getWriter();
  await header.write(first);
  await header.close();
  await controller
    .add({ name: 'rivulet.sqlite', size: Number.MAX_SAFE_INTEGER })
    .getWriter()
    .write(new Uint8Array(5_000_000));
  const reader = readable.getReader();
  const chunks: Uint8Array[] = [];
  while (Buffer.concat(chunks).length < 5_000_000) chunks.push((await reader.read()).value ?? first);
  return Buffer.concat(chunks);
}

describe('a hostile backup', () => {
  it.each<[string, Special]>([
    ['a name that leads out', { name: '../evil', size: 1 }],
    ['a name that leads out of a folder', { name: 'files/blobs/../../../evil', size: 1 }],
    ['an absolute name', { name: '/tmp/evil', size: 1 }],
    [
      'a name with a NUL',
      { name: 'files/blobs/f_12345678\0.json', size: 1, pax: { path: 'files/blobs/f_12345678\0' } },
    ],
    ['a name with a backslash', { name: '..\\evil', size: 1 }],
    [
      'a symbolic link',
      { name: 'files/blobs/f_12345678', size: 0, type: 'symlink', linkname: '/etc/passwd' },
    ],
    ['a hard link', { name: 'files/blobs/f_12345678', size: 0, type: 'link', linkname: 'secret.key' }],
    ['a device', { name: 'files/blobs/f_12345678', size: 0, type: 'character-device' }],
    ['a folder', { name: 'files/blobs/f_12345678', size: 0, type: 'directory' }],
    ['a journal of SQLite', { name: 'rivulet.sqlite-journal', size: 1 }],
    ['a member twice', { name: 'backup.json', size: 1 }],
    ['a secret of a megabyte', { name: 'secret.key', size: 1_000_000 }],
  ])('with %s is refused, and nothing is written elsewhere', async (_what, header) => {
    const before = readdirSync(folder).sort();
    expect(await refusalOf(await pack(entries, [header]))).toContain('is not a backup');
    expect(readdirSync(folder).sort()).toEqual([...new Set([...before, 'changed'])].sort());
  });

  it('with a size that no disk has is refused before its end is known', async () => {
    const bytes = gzipSync(await beginningOfHugeMember());
    expect(await refusalOf(bytes)).toContain(`needs ${Number.MAX_SAFE_INTEGER} bytes`);
  });

  it.each([
    ['of a newer format', 'backup.json', { format: 2 }, 'has format 2 of version 1.2.3'],
    ['of a newer schema', 'manifest.json', { schemaVersion: 99 }, `supports up to ${SCHEMA_VERSION}. Update`],
    ['of another schema than its database', 'manifest.json', { schemaVersion: 1 }, 'contradicts itself'],
    ['of another store', 'manifest.json', { store: 'other' }, 'its manifest cannot be read'],
  ])('%s is refused', async (_what, member, value, sentence) => {
    expect(await refusalOf(await withValue(member, value))).toContain(sentence);
  });

  it.each([
    ['no gzip', Buffer.from('hello')],
    ['nothing', Buffer.alloc(0)],
    ['gzip without tar', gzipSync('hello'.repeat(999))],
    ['a bomb of zeros', gzipSync(Buffer.alloc(50_000_000))],
  ])('that is %s is refused', async (_what, bytes) => {
    expect(await refusalOf(bytes)).toMatch(/is not a backup|is damaged/);
  });
});
