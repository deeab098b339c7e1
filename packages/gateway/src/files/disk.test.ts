import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mintConversationId } from '@rivulet/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { randomBytes } from '../base/index.ts';
import { describeFileStore } from '../testing/contracts/file-store-contract.ts';
import { createDiskFileStore } from './disk.ts';
import { mintFileId } from './file-id.ts';

const newFolder = () => mkdtempSync(join(tmpdir(), 'rivulet-files-'));
const clear = (folder: string) => {
  rmSync(folder, { recursive: true });
};

describeFileStore('disk', () => {
  const folder = newFolder();
  const [store, other] = [createDiskFileStore({ folder }), createDiskFileStore({ folder })];
  return {
    store,
    other,
    async dispose() {
      await Promise.all([store.close(), other.close()]);
      clear(folder);
    },
  };
});

describe('a file store in a folder', () => {
  let folder: string;
  beforeEach(() => {
    folder = newFolder();
  });
  afterEach(() => {
    clear(folder);
  });
  const files = () =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => name);
  const meta = () => ({
    id: mintFileId(randomBytes),
    ...{ siteId: 'demo', ownerId: 'v_1' },
    ...{ name: 'a.txt', mediaType: 'text/plain', createdAtMs: 1_000 },
  });
  const put = (store = createDiskFileStore({ folder })) =>
    store.put(
      (async function* () {
        yield await Promise.resolve(Buffer.from('x'));
      })(),
      meta(),
      { maxBytes: 10 },
    );

  it('leaves nothing in the folder after its files are removed, sent or not', async () => {
    const store = createDiskFileStore({ folder });
    const sent = await put(store);
    const conversationId = mintConversationId(randomBytes);
    await store.attach(sent.id, conversationId);
    await store.remove((await put(store)).id);
    await store.removeOf({ conversationIds: [conversationId] });
    expect(files()).toEqual([]);
  });

  it('is accessible to its own user only', async () => {
    const { id } = await put(createDiskFileStore({ folder: join(folder, 'deep', 'er') }));
    const mode = (path: string) => (statSync(join(folder, 'deep', 'er', path)).mode & 0o777).toString(8);
    expect([mode('blobs'), mode(`blobs/${id}`), mode(`records/${id}.json`)]).toEqual(['700', '600', '600']);
  });

  it('sweeps what a kill -9 leaves between two steps', async () => {
    const store = createDiskFileStore({ folder });
    await store.check();
    mkdirSync(join(folder, 'groups', 'unused'), { recursive: true });
    const left = ['parts/f_halfway0', 'blobs/f_norecord', 'groups/unused/f_norecord'];
    for (const path of left) {
      writeFileSync(join(folder, path), 'x');
      utimesSync(join(folder, path), 1, 1);
    }
    expect(await store.sweep(2_000)).toBe(2);
    expect(files()).toEqual([]);
  });

  it('rejects a damaged record instead of guessing', async () => {
    const store = createDiskFileStore({ folder });
    const { id } = await put(store);
    writeFileSync(join(folder, 'records', `${id}.json`), '{"id":1}');
    await expect(store.read(id)).rejects.toMatchObject({ code: 'internal' });
  });
});
