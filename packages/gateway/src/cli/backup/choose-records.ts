/** Decides which files belong to a backup, and with which record. Pure. */
import type { ConversationId } from '@rivulet/protocol';
import type { FileRecord } from '../../files/file-store.ts';
import type { FileReference } from '../../stores/sqlite-copy.ts';

/** What is known of the files at the two sides of the moment at which the database was copied. */
export interface SeenFiles {
  /** The records that were read before the copy began, of files whose content is in the backup. */
  before: ReadonlyMap<string, FileRecord>;
  /** The records that were read afterwards, of files whose content is in the backup. */
  after: ReadonlyMap<string, FileRecord>;
  /** Where each file that a message of the copy names belongs. */
  references: ReadonlyMap<string, FileReference>;
  /** Whether a conversation is in the copy. */
  hasConversation: (id: string) => boolean;
}

/** The files of a backup. */
export interface ChosenFiles {
  records: FileRecord[];
  /** The ids of files that a message of the copy names and that are nowhere. */
  missing: string[];
}

/**
 * - A file that a message of the copy names is kept, also when it was erased while the backup was taken.
 * - It belongs to the owner whom its conversation has in the copy, also when the visitor signed in while the backup was taken.
 * - A file that was erased and that no message names is left out.
 * - A file that was sent in a conversation after the copy began is unsent in the backup.
 */
export function chooseRecords({ before, after, references, hasConversation }: SeenFiles): ChosenFiles {
  const kept = new Map<string, FileRecord>();
  for (const [id, record] of after) {
    const { conversationId, ...unsent } = record;
    kept.set(id, conversationId === undefined || hasConversation(conversationId) ? record : unsent);
  }
  const missing: string[] = [];
  for (const [id, { conversationId, ...owner }] of references) {
    const record = after.get(id) ?? before.get(id);
    if (record === undefined) missing.push(id);
    // The copy is checked by its sums; its ids are those of the gateway.
    else kept.set(id, { ...record, ...owner, conversationId: conversationId as ConversationId });
  }
  return { records: [...kept.values()], missing };
}
