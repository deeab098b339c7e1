/** Selects files by conversation or owner. */
import type { FileRecord, FilesOf } from './file-store.ts';

/** Whether the file belongs to that conversation or owner. */
export function isOf(record: FileRecord, whose: FilesOf): boolean {
  if ('conversationId' in whose) return record.conversationId === whose.conversationId;
  return record.siteId === whose.owner.siteId && record.ownerId === whose.owner.ownerId;
}
