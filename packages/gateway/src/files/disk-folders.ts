/** The folders of the disk store: what is where, and the small moves that it is made of. */
import { createHash } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FilesOf } from './file-store.ts';

/** `unused`: put and not sent yet. */
export type FileGroup = FilesOf | 'unused';

export interface DiskFolders {
  /** Where bytes come in; a name that is there is taken. */
  part(id: string): string;
  blob(id: string): string;
  record(id: string): string;
  /** Notes that a file belongs to a group: an empty file of its name, so that a group can be listed without reading all records. */
  mark(group: FileGroup, id: string): Promise<void>;
  unmark(group: FileGroup, id: string): Promise<void>;
  /** The ids of a group; a mark may outlive its file, so each is a guess to be checked. */
  listMarks(group: FileGroup): Promise<string[]>;
  /** When the mark was made. */
  markedAtMs(group: FileGroup, id: string): Promise<number | undefined>;
  listParts(): Promise<string[]>;
  partAtMs(id: string): Promise<number | undefined>;
  /** Replaces the file in one step, so that no reader meets half of it. */
  writeWhole(path: string, text: string): Promise<void>;
  /** Makes what is missing, for this user alone. */
  prepare(): Promise<void>;
}

const MODE = { folder: 0o700, file: 0o600 };

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

/** A digest: an owner's id is another system's word and may hold anything, and some disks take `a` and `A` for one. */
function nameOf(group: FileGroup): string {
  if (group === 'unused') return group;
  const words =
    'conversationId' in group
      ? ['conversation', group.conversationId]
      : ['owner', group.owner.siteId, group.owner.ownerId];
  return createHash('sha256').update(JSON.stringify(words)).digest('hex');
}

async function namesIn(folder: string): Promise<string[]> {
  return (await unlessMissing(readdir(folder))) ?? [];
}

async function modifiedAtMs(path: string): Promise<number | undefined> {
  return (await unlessMissing(stat(path)))?.mtimeMs;
}

/** undefined when there is no such file or folder. */
export async function unlessMissing<Result>(work: Promise<Result>): Promise<Result | undefined> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
