/** The contract suite of `FileStore`, including hostile cases. Every adapter must pass it. */
import { mintConversationId } from '@rivulet/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mintFileId } from '../../files/file-id.ts';
import type { FileMeta, FileStore } from '../../files/file-store.ts';
import { randomBytes } from '../../base/index.ts';
import { SAMPLE_MS, sampleOwner } from '../samples.ts';

/** What a test needs from an adapter of `FileStore`. */
export interface FileStoreFixture {
  /** The store under test. */
  store: FileStore;
  /** Another store over the same files, as another gateway would open it. Absent when the files cannot be shared. */
  other?: FileStore;
  /** Called after each test, also when the test closed the store. */
  dispose(): Promise<void>;
}

const MAX = { maxBytes: 1_000 };
const HOSTILE_IDS = [
  '',
  '.',
  '..',
  '../f_secret00',
  'f_../../etc',
  'f_a/b/c/d/e',
  'f_\0zero0000',
  'f_dot.dot.dot',
];

const metaOf = (more: Partial<FileMeta> = {}): FileMeta => ({
  id: mintFileId(randomBytes),
  ...sampleOwner(),
  name: 'notes.txt',
  mediaType: 'text/plain',
  createdAtMs: SAMPLE_MS,
  ...more,
});

async function* pieces(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield await Promise.resolve(Buffer.from(text));
}

async function* breaking(): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(Buffer.from('half'));
  throw new Error('the upload was aborted');
}

async function textOf(store: FileStore, id: string): Promise<string | undefined> {
  const file = await store.open(id);
  if (file === undefined) return undefined;
  const read: Buffer[] = [];
  for await (const piece of file.content) read.push(Buffer.from(piece as Uint8Array)); // a stream of bytes
  return Buffer.concat(read).toString();
}

/** Runs the contract suite. @param open creates a fixture for each test */
export function describeFileStore(
  name: string,
  open: () => FileStoreFixture | Promise<FileStoreFixture>,
): void {
  describe(`file store: ${name}`, () => {
    let fixture: FileStoreFixture;
    beforeEach(async () => {
      fixture = await open();
    });
    afterEach(() => fixture.dispose());
    const store = () => fixture.store;

    describe('putting', () => {
      describePutting(store);
    });
    describe('attaching and ownership', () => {
      describeOwnership(store);
    });
    describe('sweeping and lifetime', () => {
      describeSweeping(store);
    });
    describe('with a second store over the same files', () => {
      describeSharing(() => [fixture.store, fixture.other ?? fixture.store]);
    });
  });
}

function describePutting(store: () => FileStore): void {
  it('returns a file byte for byte, with its record', async () => {
    const meta = metaOf({ name: '../ünï "x".txt', mediaType: 'text/plain' });
    const record = await store().put(pieces('Grüße ', '👋', ''), meta, MAX);
    expect(record).toEqual({ ...meta, sizeBytes: Buffer.byteLength('Grüße 👋') });
    expect(await store().read(meta.id)).toEqual(record);
    expect(await textOf(store(), meta.id)).toBe('Grüße 👋');
  });

  it('stores an empty file', async () => {
    const { id } = await store().put(pieces(), metaOf(), MAX);
    expect(await textOf(store(), id)).toBe('');
  });

  it.each(HOSTILE_IDS)('has no file with the id %j, and refuses to store one', async (id) => {
    expect(await store().read(id)).toBeUndefined();
    expect(await store().open(id)).toBeUndefined();
    expect(await store().attach(id, mintConversationId(randomBytes))).toBeUndefined();
    await store().remove(id);
    await expect(store().put(pieces('x'), metaOf({ id }), MAX)).rejects.toMatchObject({ name: 'ChatError' });
  });

  it.each([
    ['in one chunk', ['x'.repeat(1_001)]],
    ['in the middle of many chunks', Array.from({ length: 300 }, () => 'xxxx')],
  ])('refuses a file over the size limit, %s, and keeps nothing of it', async (_case, texts) => {
    const meta = metaOf();
    await expect(store().put(pieces(...texts), meta, MAX)).rejects.toMatchObject({ code: 'too-large' });
    expect(await store().read(meta.id)).toBeUndefined();
    expect(await store().usageOf(meta)).toEqual({ files: 0, bytes: 0 });
    expect((await store().put(pieces('smaller'), meta, MAX)).sizeBytes).toBe(7);
  });

  it('keeps nothing of an aborted upload, and its id can be used again', async () => {
    const meta = metaOf();
    await expect(store().put(breaking(), meta, MAX)).rejects.toMatchObject({ name: 'ChatError' });
    expect([await store().read(meta.id), await store().open(meta.id)]).toEqual([undefined, undefined]);
    expect((await store().put(pieces('whole'), meta, MAX)).sizeBytes).toBe(5);
  });

  it('does not return a file before its last byte is stored', async () => {
    const meta = metaOf();
    const seen: unknown[] = [];
    const content = async function* () {
      yield Buffer.from('first');
      seen.push(await store().read(meta.id), await store().open(meta.id));
      yield Buffer.from('last');
    };
    await store().put(content(), meta, MAX);
    expect(seen).toEqual([undefined, undefined]);
  });

  it('refuses a second file with the same id as a conflict, and keeps the first', async () => {
    const meta = metaOf();
    await store().put(pieces('first'), meta, MAX);
    await expect(store().put(pieces('second'), meta, MAX)).rejects.toMatchObject({ code: 'conflict' });
    expect(await textOf(store(), meta.id)).toBe('first');
  });
}

function describeOwnership(store: () => FileStore): void {
  it('attaches a file to one conversation; a later attempt returns the conversation that has it', async () => {
    const { id } = await store().put(pieces('x'), metaOf(), MAX);
    const [one, two] = [mintConversationId(randomBytes), mintConversationId(randomBytes)];
    expect(await store().attach(id, one)).toMatchObject({ id, conversationId: one });
    expect(await store().attach(id, one)).toMatchObject({ conversationId: one });
    expect(await store().attach(id, two)).toMatchObject({ conversationId: one });
    expect(await store().read(id)).toMatchObject({ conversationId: one });
  });

  it('removes the files of a conversation and no other files', async () => {
    const conversationId = mintConversationId(randomBytes);
    const owner = sampleOwner();
    const [sent, unsent] = [metaOf(owner), metaOf(owner)];
    for (const meta of [sent, unsent]) await store().put(pieces('x'), meta, MAX);
    await store().attach(sent.id, conversationId);
    expect(await store().removeOf({ conversationIds: [conversationId] })).toBe(1);
    expect(await store().removeOf({ conversationIds: [conversationId] })).toBe(0);
    expect([await store().open(sent.id), await textOf(store(), unsent.id)]).toEqual([undefined, 'x']);
  });

  it('counts and removes only the files of the given owner, also when one owner’s id is a prefix of another’s', async () => {
    const owner = sampleOwner();
    const otherOwners = [
      { ...owner, ownerId: `${owner.ownerId}x` },
      { siteId: owner.siteId + owner.ownerId[0]!, ownerId: owner.ownerId.slice(1) },
    ];
    for (const each of [owner, owner, ...otherOwners]) await store().put(pieces('1234'), metaOf(each), MAX);
    expect(await store().usageOf(owner)).toEqual({ files: 2, bytes: 8 });
    expect(await store().removeOf({ owner })).toBe(2);
    expect(await store().usageOf(owner)).toEqual({ files: 0, bytes: 0 });
    for (const otherOwner of otherOwners) expect((await store().usageOf(otherOwner)).files).toBe(1);
  });

  it('removes the files of several conversations at once, and all of an owner but those of some', async () => {
    const owner = sampleOwner();
    const conversations = [1, 2, 3].map(() => mintConversationId(randomBytes));
    const ids = [];
    for (const conversationId of conversations) {
      const { id } = await store().put(pieces('x'), metaOf(owner), MAX);
      await store().attach(id, conversationId);
      ids.push(id);
    }
    const { id: unsent } = await store().put(pieces('x'), metaOf(owner), MAX);
    expect(await store().removeOf({ conversationIds: [] })).toBe(0);
    expect(await store().removeOf({ conversationIds: conversations.slice(0, 1) })).toBe(1);
    expect(await store().removeOf({ owner, kept: conversations.slice(1, 2) })).toBe(2);
    const left = await Promise.all([...ids, unsent].map((id) => textOf(store(), id)));
    expect(left).toEqual([undefined, 'x', undefined, undefined]);
    expect(await store().removeOf({ conversationIds: conversations })).toBe(1);
  });

  it('moves the files of a visitor who signs in to the new owner', async () => {
    const [from, to] = [sampleOwner(), sampleOwner()];
    const { id } = await store().put(pieces('x'), metaOf(from), MAX);
    expect(await store().moveFiles(from, to)).toBe(1);
    expect(await store().read(id)).toMatchObject(to);
    expect([await store().usageOf(from), await store().usageOf(to)]).toMatchObject([
      { files: 0 },
      { files: 1 },
    ]);
    expect(await store().removeOf({ owner: from })).toBe(0);
    expect(await store().removeOf({ owner: to })).toBe(1);
  });

  it('removes a file that does not exist without an error', async () => {
    const { id } = await store().put(pieces('x'), metaOf(), MAX);
    await store().remove(id);
    await store().remove(id);
    expect(await store().open(id)).toBeUndefined();
  });
}

function describeSweeping(store: () => FileStore): void {
  it('sweeps old files that were never attached, and no others', async () => {
    const conversationId = mintConversationId(randomBytes);
    const [old, young, sent] = [metaOf(), metaOf({ createdAtMs: SAMPLE_MS + 1 }), metaOf()];
    for (const meta of [old, young, sent]) await store().put(pieces('x'), meta, MAX);
    await store().attach(sent.id, conversationId);
    expect(await store().sweep(SAMPLE_MS + 1)).toBe(1);
    const left = await Promise.all([old, young, sent].map(({ id }) => textOf(store(), id)));
    expect(left).toEqual([undefined, 'x', 'x']);
  });

  it('may be closed twice, and then rejects with a ChatError', async () => {
    await store().check();
    await store().close();
    await store().close();
    const refused = { name: 'ChatError', code: 'internal' };
    await expect(store().check()).rejects.toMatchObject(refused);
    await expect(store().read('f_anything')).rejects.toMatchObject(refused);
    await expect(store().put(pieces('x'), metaOf(), MAX)).rejects.toMatchObject(refused);
  });
}

function describeSharing(both: () => [FileStore, FileStore]): void {
  it('when two stores write one id at the same time, one stores the whole file and the other nothing', async () => {
    const meta = metaOf();
    const [one, other] = both();
    const results = await Promise.allSettled([
      one.put(pieces('aaaa', 'aaaa'), meta, MAX),
      other.put(pieces('bbbb', 'bbbb'), meta, MAX),
    ]);
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await textOf(one, meta.id)).toBe(results[0].status === 'fulfilled' ? 'aaaaaaaa' : 'bbbbbbbb');
  });

  it('a file of one store can be opened, attached and removed by the other', async () => {
    const [one, other] = both();
    const { id } = await one.put(pieces('x'), metaOf(), MAX);
    const conversationId = mintConversationId(randomBytes);
    expect(await textOf(other, id)).toBe('x');
    expect(await other.attach(id, conversationId)).toMatchObject({ conversationId });
    expect(await one.removeOf({ conversationIds: [conversationId] })).toBe(1);
    expect(await other.read(id)).toBeUndefined();
  });
}
