/** Selects files by conversation or owner. */
import type { FileOwner, FileRecord, FilesOf } from './file-store.ts';

/** A test of files. It looks a file up in constant time, however many conversations are named. */
export function selects(whose: FilesOf): (record: FileRecord) => boolean {
  if ('conversationIds' in whose) {
    const ids = new Set(whose.conversationIds);
    return ({ conversationId }) => conversationId !== undefined && ids.has(conversationId);
  }
  const kept = new Set(whose.kept);
  return (record) =>
    isOwnedBy(record, whose.owner) &&
    (record.conversationId === undefined || !kept.has(record.conversationId));
}

/** Whether the file belongs to that owner. */
export const isOwnedBy = (record: FileRecord, { siteId, ownerId }: FileOwner): boolean =>
  record.siteId === siteId && record.ownerId === ownerId;
