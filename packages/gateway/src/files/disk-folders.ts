/** The folder layout of the disk store, and its basic file operations. */
import { createHash } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ConversationId } from '@rivulet/protocol';
import type { FileOwner } from './file-store.ts';

/** A set of files that can be listed. `unused`: uploaded and not sent with a message yet. */
export type FileGroup = { conversationId: ConversationId } | { owner: FileOwner } | 'unused';

/** Paths and operations below the root folder. Times are milliseconds since 1970. */
export interface DiskFolders {
  /** The path of an upload in progress. */
  part(id: string): string;
  /** The path of a file's complete content. */
  blob(id: string): string;
  /** The path of a file's record. */
  record(id: string): string;
  /** Adds a file to a group: an empty file named after the id, so that a group can be listed without reading all records. */
  mark(group: FileGroup, id: string): Promise<void>;
  /** Removes a file from a group; no effect when it is not in the group. */
  unmark(group: FileGroup, id: string): Promise<void>;
  /** The ids of a group. A mark may outlive its file, so callers must check each. */
  listMarks(group: FileGroup): Promise<string[]>;
  /** When the file was added to the group; undefined when it is not in the group. */
  markedAtMs(group: FileGroup, id: string): Promise<number | undefined>;
  /** The ids of the uploads in progress, including abandoned ones. */
  listParts(): Promise<string[]>;
  /** When the upload last received bytes; undefined when there is no such upload. */
  partAtMs(id: string): Promise<number | undefined>;
  /** Replaces a file atomically, so that no reader sees a part of it. */
  writeWhole(path: string, text: string): Promise<void>;
  /** Creates missing folders, accessible to this user only. */
  prepare(): Promise<void>;
}

const MODE = { folder: 0o700, file: 0o600 };

/** Creates the paths and operations for a root folder, without touching it. */
export function createDiskFolders(root: string): DiskFolders {
  const at = (...names: string[]) => join(root, ...names);
  const groupAt = (group: FileGroup) => at('groups', nameOf(group));
  let count = 0;
  return {
    part: (id) => at('parts', id),
    blob: (id) => at('blobs', id),
    record: (id) => at('records', `${id}.json`),
    async mark(group, id) {
      await mkdir(groupAt(group), { recursive: true, mode: MODE.folder });
      await writeFile(join(groupAt(group), id), '', { mode: MODE.file });
    },
    unmark: (group, id) => rm(join(groupAt(group), id), { force: true }),
    listMarks: (group) => namesIn(groupAt(group)),
    markedAtMs: (group, id) => modifiedAtMs(join(groupAt(group), id)),
    listParts: () => namesIn(at('parts')),
    partAtMs: (id) => modifiedAtMs(at('parts', id)),
    async writeWhole(path, text) {
      count += 1;
      const draft = `${path}.${process.pid}.${count}`;
      try {
        await writeFile(draft, text, { mode: MODE.file, flush: true });
        await rename(draft, path);
      } catch (error) {
        await rm(draft, { force: true });
        throw error;
      }
    },
    async prepare() {
      for (const name of ['parts', 'blobs', 'records', 'groups'])
        await mkdir(at(name), { recursive: true, mode: MODE.folder });
    },
  };
}

/** A digest, because an owner's id may hold any characters and some file systems ignore case. */
function nameOf(group: FileGroup): string {
  if (group === 'unused') return group;
  const fields =
    'conversationId' in group
      ? ['conversation', group.conversationId]
      : ['owner', group.owner.siteId, group.owner.ownerId];
  return createHash('sha256').update(JSON.stringify(fields)).digest('hex');
}

async function namesIn(folder: string): Promise<string[]> {
  return (await unlessMissing(readdir(folder))) ?? [];
}

async function modifiedAtMs(path: string): Promise<number | undefined> {
  return (await unlessMissing(stat(path)))?.mtimeMs;
}

/** Resolves to undefined when the file or folder does not exist. */
export async function unlessMissing<Result>(work: Promise<Result>): Promise<Result | undefined> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
