/** Whose a file is. */
import type { FileRecord, FilesOf } from './file-store.ts';

/** Whether the file is of that conversation, or of that owner. */
export function isOf(record: FileRecord, whose: FilesOf): boolean {
  if ('conversationId' in whose) return record.conversationId === whose.conversationId;
  return record.siteId === whose.owner.siteId && record.ownerId === whose.owner.ownerId;
}
