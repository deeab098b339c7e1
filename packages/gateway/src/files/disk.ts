/** A file store in a folder, which may be a network folder that several gateways share. */
import { open, readFile, rename, rm, stat } from 'node:fs/promises';
import { ChatError, type ConversationId } from '@rivulet/protocol';
import { settleAsync } from '../base/index.ts';
import { boundedContent } from './bounded-content.ts';
import { createDiskFolders, unlessMissing, type DiskFolders, type FileGroup } from './disk-folders.ts';
import { isFileId } from './file-id.ts';
import { fileStoreClosed, invalidFileId } from './file-store-error.ts';
import { isOwnedBy, selects } from './files-of.ts';
import type {
  FileMeta,
  FileOwner,
  FileRecord,
  FilesOf,
  FileStore,
  FileUsage,
  OpenedFile,
  PutOptions,
} from './file-store.ts';
import { parseRecord } from './stored-record.ts';

/** Options of `createDiskFileStore`. */
export interface DiskFileStoreOptions {
  /** Created when it is missing, accessible to this user only. */
  folder: string;
}

/**
 * Creates a file store in a folder. A record is written last and removed first, each atomically, so a file without a record does
 * not exist. What a kill -9 leaves between two steps is marked as unused, and removed by `sweep`.
 */
export function createDiskFileStore({ folder }: DiskFileStoreOptions): FileStore {
  return new DiskFileStore(createDiskFolders(folder));
}

class DiskFileStore implements FileStore {
  readonly #folders: DiskFolders;
  /** The tail of the queue of changes: changes of this process run one at a time. Another gateway may sweep at the same time. */
  #changes: Promise<unknown> = Promise.resolve();
  #prepared: Promise<void> | undefined;
  #isClosed = false;

  constructor(folders: DiskFolders) {
    this.#folders = folders;
  }

  put(content: AsyncIterable<Uint8Array>, meta: FileMeta, options: PutOptions): Promise<FileRecord> {
    return this.#settle(async () => {
      if (!isFileId(meta.id)) throw invalidFileId();
      const sizeBytes = await this.#receive(content, meta, options);
      const record: FileRecord = { ...meta, sizeBytes };
      await this.#writeRecord(record);
      return record;
    });
  }

  /** Writes the content. When anything fails, nothing of it remains. */
  async #receive(
    content: AsyncIterable<Uint8Array>,
    meta: FileMeta,
    { maxBytes }: PutOptions,
  ): Promise<number> {
    const { id } = meta;
    const part = this.#folders.part(id);
    // `wx` fails for the second of two writers of one id. The check for the blob below finds a writer that has finished.
    const handle = await open(part, 'wx', 0o600).catch(asConflict);
    let sizeBytes = 0;
    try {
      if ((await unlessMissing(stat(this.#folders.blob(id)))) !== undefined) throw new ChatError('conflict');
      await handle.writeFile(boundedContent(content, maxBytes, (counted) => (sizeBytes = counted)));
      await handle.sync();
      await this.#folders.mark('unused', id);
      await this.#folders.mark({ owner: meta }, id);
      await rename(part, this.#folders.blob(id));
    } catch (error) {
      await rm(part, { force: true });
      throw error;
    } finally {
      await handle.close();
    }
    return sizeBytes;
  }

  read(id: string): Promise<FileRecord | undefined> {
    return this.#settle(() => this.#readRecord(id));
  }

  open(id: string): Promise<OpenedFile | undefined> {
    return this.#settle(async () => {
      const record = await this.#readRecord(id);
      if (record === undefined) return undefined;
      const handle = await unlessMissing(open(this.#folders.blob(id), 'r'));
      return handle === undefined ? undefined : { record, content: handle.createReadStream() };
    });
  }

  attach(id: string, conversationId: ConversationId): Promise<FileRecord | undefined> {
    return this.#change(async () => {
      const record = await this.#readRecord(id);
      if (record === undefined || record.conversationId !== undefined) return record;
      const attached: FileRecord = { ...record, conversationId };
      await this.#folders.mark({ conversationId }, id);
      await this.#writeRecord(attached);
      await this.#folders.unmark('unused', id);
      // Another gateway may have swept the file meanwhile: then the record that was just written must go, too.
      if ((await unlessMissing(stat(this.#folders.blob(id)))) !== undefined) return attached;
      await this.#erase(attached);
      return undefined;
    });
  }

  remove(id: string): Promise<void> {
    return this.#change(async () => {
      const record = await this.#readRecord(id);
      if (record !== undefined) await this.#erase(record);
    });
  }

  removeOf(whose: FilesOf): Promise<number> {
    return this.#change(async () => {
      const isMeant = selects(whose);
      let removed = 0;
      for (const group of groupsOf(whose)) {
        const records = (await this.#recordsOf(group)).filter(isMeant);
        for (const record of records) await this.#erase(record);
        removed += records.length;
      }
      return removed;
    });
  }

  moveFiles(from: FileOwner, to: FileOwner): Promise<number> {
    return this.#change(async () => {
      const records = (await this.#recordsOf({ owner: from })).filter((record) => isOwnedBy(record, from));
      for (const record of records) {
        await this.#folders.mark({ owner: to }, record.id);
        await this.#writeRecord({ ...record, siteId: to.siteId, ownerId: to.ownerId });
        await this.#folders.unmark({ owner: from }, record.id);
      }
      return records.length;
    });
  }

  usageOf(owner: FileOwner): Promise<FileUsage> {
    return this.#settle(async () => {
      const marked = await this.#recordsOf({ owner });
      const records = marked.filter((record) => isOwnedBy(record, owner));
      return { files: records.length, bytes: records.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) };
    });
  }

  sweep(beforeMs: number): Promise<number> {
    return this.#change(async () => {
      let swept = 0;
      for (const id of await this.#folders.listMarks('unused')) {
        const record = await this.#readRecord(id);
        const bornAtMs = record?.createdAtMs ?? (await this.#folders.markedAtMs('unused', id)) ?? beforeMs;
        if (bornAtMs >= beforeMs) continue;
        // The file was sent, but the process ended before the mark was removed.
        if (record?.conversationId !== undefined) await this.#folders.unmark('unused', id);
        else {
          await this.#erase(record ?? { id });
          swept += 1;
        }
      }
      for (const id of await this.#folders.listParts()) {
        if (((await this.#folders.partAtMs(id)) ?? beforeMs) >= beforeMs) continue;
        await rm(this.#folders.part(id), { force: true });
        swept += 1;
      }
      return swept;
    });
  }

  check(): Promise<void> {
    return this.#settle(async () => {
      await stat(this.#folders.blob(''));
    });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#changes;
  }

  /** When it fails, the next call tries again. */
  async #prepare(): Promise<void> {
    try {
      await this.#folders.prepare();
    } catch (error) {
      this.#prepared = undefined;
      throw error;
    }
  }

  async #readRecord(id: string): Promise<FileRecord | undefined> {
    if (!isFileId(id)) return undefined;
    const text = await unlessMissing(readFile(this.#folders.record(id), 'utf8'));
    if (text === undefined) return undefined;
    return parseRecord(text);
  }

  #writeRecord(record: FileRecord): Promise<void> {
    return this.#folders.writeWhole(this.#folders.record(record.id), JSON.stringify(record));
  }

  /** A mark may be older than the record, so callers check each. */
  async #recordsOf(group: FileGroup): Promise<FileRecord[]> {
    const ids = await this.#folders.listMarks(group);
    const records = await Promise.all(ids.map((id) => this.#readRecord(id)));
    return records.filter((record) => record !== undefined);
  }

  async #erase(record: FileRecord | Pick<FileRecord, 'id'>): Promise<void> {
    const { id } = record;
    await rm(this.#folders.record(id), { force: true });
    await rm(this.#folders.blob(id), { force: true });
    if ('ownerId' in record) {
      await this.#folders.unmark({ owner: record }, id);
      const { conversationId } = record;
      if (conversationId !== undefined) await this.#folders.unmark({ conversationId }, id);
    }
    await this.#folders.unmark('unused', id);
  }

  #change<Result>(work: () => Promise<Result>): Promise<Result> {
    const mine = this.#changes.then(() => this.#settle(work));
    this.#changes = mine.catch(() => undefined); // the caller gets the error; here only the order matters
    return mine;
  }

  #settle<Result>(work: () => Promise<Result>): Promise<Result> {
    return settleAsync(async () => {
      if (this.#isClosed) throw fileStoreClosed();
      await (this.#prepared ??= this.#prepare());
      return work();
    });
  }
}

const groupsOf = (whose: FilesOf): FileGroup[] =>
  'owner' in whose
    ? [{ owner: whose.owner }]
    : whose.conversationIds.map((conversationId) => ({ conversationId }));

function asConflict(error: unknown): never {
  const isTaken = error instanceof Error && 'code' in error && error.code === 'EEXIST';
  throw isTaken ? new ChatError('conflict') : error;
}
