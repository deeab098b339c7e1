/** A file store in memory: for tests, demos, and gateways that must not store files. */
import { Readable } from 'node:stream';
import { ChatError, type ConversationId } from '@rivulet/protocol';
import { settle } from '../base/index.ts';
import { boundedContent } from './bounded-content.ts';
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

/** Creates a file store in memory. Its size is bounded only by the quotas of the visitors. */
export function createMemoryFileStore(): FileStore {
  return new MemoryFileStore();
}

interface Kept {
  record: FileRecord;
  pieces: readonly Uint8Array[];
}

class MemoryFileStore implements FileStore {
  /** By id; undefined while a file is being written. */
  readonly #files = new Map<string, Kept | undefined>();
  #isClosed = false;

  async put(
    content: AsyncIterable<Uint8Array>,
    meta: FileMeta,
    { maxBytes }: PutOptions,
  ): Promise<FileRecord> {
    this.#assertOpen();
    if (!isFileId(meta.id)) throw invalidFileId();
    if (this.#files.has(meta.id)) throw new ChatError('conflict');
    this.#files.set(meta.id, undefined);
    try {
      const pieces: Uint8Array[] = [];
      let sizeBytes = 0;
      const bounded = boundedContent(content, maxBytes, (counted) => (sizeBytes = counted));
      for await (const piece of bounded) pieces.push(Uint8Array.from(piece));
      const record: FileRecord = { ...meta, sizeBytes };
      this.#files.set(meta.id, { record, pieces });
      return { ...record };
    } catch (error) {
      this.#files.delete(meta.id);
      throw ChatError.from(error);
    }
  }

  read(id: string): Promise<FileRecord | undefined> {
    return this.#settle(() => copyOf(this.#files.get(id)));
  }

  open(id: string): Promise<OpenedFile | undefined> {
    return this.#settle(() => {
      const kept = this.#files.get(id);
      const record = copyOf(kept);
      return kept === undefined || record === undefined
        ? undefined
        : { record, content: Readable.from(kept.pieces, { objectMode: false }) };
    });
  }

  attach(id: string, conversationId: ConversationId): Promise<FileRecord | undefined> {
    return this.#settle(() => {
      const kept = this.#files.get(id);
      if (kept !== undefined) kept.record.conversationId ??= conversationId;
      return copyOf(kept);
    });
  }

  remove(id: string): Promise<void> {
    return this.#settle(() => {
      // A file that is being written stays: its writer owns the entry.
      if (this.#files.get(id) !== undefined) this.#files.delete(id);
    });
  }

  removeOf(whose: FilesOf): Promise<number> {
    return this.#settle(() => this.#removeWhere(selects(whose)));
  }

  moveFiles(from: FileOwner, to: FileOwner): Promise<number> {
    return this.#settle(() => {
      const records = this.#records().filter((record) => isOwnedBy(record, from));
      for (const record of records) Object.assign(record, { siteId: to.siteId, ownerId: to.ownerId });
      return records.length;
    });
  }

  usageOf(owner: FileOwner): Promise<FileUsage> {
    return this.#settle(() => {
      const own = this.#records().filter((record) => isOwnedBy(record, owner));
      return { files: own.length, bytes: own.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) };
    });
  }

  sweep(beforeMs: number): Promise<number> {
    return this.#settle(() =>
      this.#removeWhere(
        ({ conversationId, createdAtMs }) => conversationId === undefined && createdAtMs < beforeMs,
      ),
    );
  }

  check(): Promise<void> {
    return this.#settle(() => undefined);
  }

  close(): Promise<void> {
    this.#isClosed = true;
    return Promise.resolve();
  }

  #records(): FileRecord[] {
    return [...this.#files.values()].flatMap((kept) => (kept === undefined ? [] : [kept.record]));
  }

  #removeWhere(isMeant: (record: FileRecord) => boolean): number {
    const meant = this.#records().filter(isMeant);
    for (const { id } of meant) this.#files.delete(id);
    return meant.length;
  }

  #assertOpen(): void {
    if (this.#isClosed) throw fileStoreClosed();
  }

  #settle<Result>(work: () => Result): Promise<Result> {
    return settle(() => {
      this.#assertOpen();
      return work();
    });
  }
}

const copyOf = (kept: Kept | undefined): FileRecord | undefined =>
  kept === undefined ? undefined : { ...kept.record };
