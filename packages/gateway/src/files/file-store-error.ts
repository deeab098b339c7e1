/** What goes wrong inside a file store before it is wrapped in a ChatError. */
import { ChatError } from '@rivulet/protocol';

/**
 * - `closed`: the store was used after `close()`.
 * - `invalid-id`: `put` was given an id that `mintFileId` did not mint.
 */
export type FileStoreErrorCode = 'closed' | 'invalid-id';

/** Callers of a file store meet it as the `cause` of a ChatError `internal`; the gateway's log shows its `code`. */
export class FileStoreError extends Error {
  override readonly name = 'FileStoreError';
  readonly code: FileStoreErrorCode;

  constructor(code: FileStoreErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** The error of a closed file store. */
export const fileStoreClosed = (): ChatError =>
  new ChatError('internal', {
    cause: new FileStoreError('closed', 'The file store is closed and cannot be used any more.'),
  });

/** The error of `FileStore.put` for an id that is not a file id. */
export const invalidFileId = (): ChatError =>
  new ChatError('internal', {
    cause: new FileStoreError('invalid-id', 'The id is not a file id. Mint one with mintFileId.'),
  });
