/** The interface of a file store: the files that visitors attach. Content is streamed and never held in memory as a whole. */
import type { Readable } from 'node:stream';
import type { ConversationId } from '@rivulet/protocol';

/** The owner of a file: a visitor of a site. It has the fields of a conversation's owner. */
export interface FileOwner {
  siteId: string;
  /** The visitor's id, unique within the site. */
  ownerId: string;
}

/** The description of a file before its upload. */
export interface FileMeta extends FileOwner {
  /** `f_…`, minted by the gateway. @see mintFileId */
  id: string;
  /** The visitor's name of the file, without a path. */
  name: string;
  mediaType: string;
  /** Milliseconds since 1970. */
  createdAtMs: number;
}

/** A stored file without its content. */
export interface FileRecord extends FileMeta {
  sizeBytes: number;
  /** The conversation that the file was sent to; absent while it was not sent. */
  conversationId?: ConversationId;
}

/** Options of `FileStore.put`. */
export interface PutOptions {
  /** The largest accepted size, whatever size the sender declared. */
  maxBytes: number;
}

/** A stored file with its content. */
export interface OpenedFile {
  record: FileRecord;
  /** The caller must read or destroy it. */
  content: Readable;
}

/** The files of an owner, sent or not: their number and total size. */
export interface FileUsage {
  files: number;
  bytes: number;
}

/** Selects all files of some conversations, or of an owner but for those of the conversations `kept`. */
export type FilesOf =
  { conversationIds: readonly ConversationId[] } | { owner: FileOwner; kept?: readonly ConversationId[] };

/** Every method rejects with ChatError `internal` when the store is closed or its storage fails. */
export interface FileStore {
  /**
   * Stores a file, completely or not at all. When `content` throws, nothing remains.
   * @throws {ChatError} `too-large`; `conflict` when the id is taken or is being written; `internal` with the error of `content`
   *   as its cause.
   */
  put(content: AsyncIterable<Uint8Array>, meta: FileMeta, options: PutOptions): Promise<FileRecord>;
  /** @returns undefined when there is no such file, or the id is not a file id. */
  read(id: string): Promise<FileRecord | undefined>;
  /** Opens the content for reading. @returns undefined when there is no such file. */
  open(id: string): Promise<OpenedFile | undefined>;
  /**
   * Assigns the file to a conversation, with which it is deleted. @returns its record, which names another conversation when it
   * was assigned before; undefined when there is no such file.
   */
  attach(id: string, conversationId: ConversationId): Promise<FileRecord | undefined>;
  /** Deletes a file. May be called twice. */
  remove(id: string): Promise<void>;
  /** Deletes all files of conversations or of an owner. @returns how many were deleted. */
  removeOf(whose: FilesOf): Promise<number>;
  /** Gives all files of one owner to another, when a visitor signs in. @returns how many were moved. */
  moveFiles(from: FileOwner, to: FileOwner): Promise<number>;
  /** The number and total size of the owner's files. */
  usageOf(owner: FileOwner): Promise<FileUsage>;
  /**
   * Deletes files that were uploaded before `beforeMs` and never sent, and the remains of interrupted uploads.
   * @returns how many were deleted.
   */
  sweep(beforeMs: number): Promise<number>;
  /** Resolves when the store can serve, rejects otherwise. For /readyz. */
  check(): Promise<void>;
  /** Waits for pending changes. May be called twice. */
  close(): Promise<void>;
}
