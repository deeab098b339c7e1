/** Reads the folder of a disk store from another process, for a backup, and completes a restored one. It changes no file of the store. */
import { open, readdir, readFile, rename, stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { createDiskFolders, unlessMissing, type DiskFolders } from './disk-folders.ts';
import { isFileId } from './file-id.ts';
import type { FileRecord } from './file-store.ts';
import { parseRecord } from './stored-record.ts';

/** The content of a file, opened: it can be read to its end, also when the file is erased meanwhile. */
export interface OpenedContent {
  sizeBytes: number;
  /** The caller must read or destroy it. */
  content: Readable;
}

/** The files of a store that other processes write. */
export interface DiskFiles {
  /** The ids of all files that are stored completely; files may be added and erased meanwhile. */
  listIds(): Promise<string[]>;
  /** @returns undefined when there is no such file, or its record is damaged */
  readRecord(id: string): Promise<FileRecord | undefined>;
  /** @returns undefined when there is no such file */
  openContent(id: string): Promise<OpenedContent | undefined>;
}

/** Reads the files below `folder`, which need not exist. */
export function createDiskFiles(folder: string): DiskFiles {
  const folders = createDiskFolders(folder);
  return {
    listIds: async () => {
      const names = (await unlessMissing(readdir(folders.blob('')))) ?? [];
      return names.filter((name) => isFileId(name));
    },
    readRecord: async (id) => {
      const text = await unlessMissing(readFile(folders.record(id), 'utf8'));
      if (text === undefined) return undefined;
      try {
        return parseRecord(text);
      } catch {
        return undefined; // the gateway cannot use the file either
      }
    },
    openContent: async (id) => {
      const handle = await unlessMissing(open(folders.blob(id), 'r'));
      if (handle === undefined) return undefined;
      const { size } = await handle.stat();
      return { sizeBytes: size, content: handle.createReadStream() };
    },
  };
}

/** Adds the groups of files whose content and records were restored, so that the store finds them by owner and conversation. */
export async function addFileGroups(folder: string, records: Iterable<FileRecord>): Promise<void> {
  const folders = createDiskFolders(folder);
  await folders.prepare();
  for (const record of records) await markAll(folders, record);
}

/**
 * Copies a file into another store, which nobody uses. A copy that was cut off is replaced.
 * @returns false when the store has the file already
 */
export async function copyFileInto(
  folder: string,
  record: FileRecord,
  content: AsyncIterable<Uint8Array>,
): Promise<boolean> {
  const folders = createDiskFolders(folder);
  const { id } = record;
  if ((await unlessMissing(stat(folders.record(id)))) !== undefined) return false;
  await folders.prepare();
  const handle = await open(folders.part(id), 'w', 0o600);
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(folders.part(id), folders.blob(id));
  await markAll(folders, record);
  // Last: a file without a record does not exist.
  await folders.writeWhole(folders.record(id), JSON.stringify(record));
  return true;
}

async function markAll(folders: DiskFolders, record: FileRecord): Promise<void> {
  const { id, conversationId } = record;
  await folders.mark({ owner: record }, id);
  await folders.mark(conversationId === undefined ? 'unused' : { conversationId }, id);
}
