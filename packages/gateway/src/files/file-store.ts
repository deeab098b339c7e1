/** SEAM: the bytes of what visitors attach, each with its record. Streams in, streams out, never whole in memory. */
import type { Readable } from 'node:stream';
import type { ConversationId } from '@rivulet/protocol';

/** Whose a file is; the same two words as a conversation's owner. */
export interface FileOwner {
  siteId: string;
  /** The principal's id. */
  ownerId: string;
}

/** What is known of a file before its bytes are there. */
export interface FileMeta extends FileOwner {
  /** `f_…`, minted by the gateway. @see mintFileId */
  id: string;
  /** As the visitor calls it, without a path. */
  name: string;
  mediaType: string;
  createdAtMs: number;
}

export interface FileRecord extends FileMeta {
  sizeBytes: number;
  /** The conversation that it was sent to; absent: not sent yet. */
  conversationId?: ConversationId;
}

export interface PutOptions {
  /** One byte more is `too-large`, whatever was said before. */
  maxBytes: number;
}

export interface OpenedFile {
  record: FileRecord;
  /** To be read or destroyed by the caller. */
  content: Readable;
}

/** What an owner has, sent or not. */
export interface FileUsage {
  files: number;
  bytes: number;
}

/** All files of a conversation, or of an owner. */
export type FilesOf = { conversationId: ConversationId } | { owner: FileOwner };

export interface FileStore {
  /**
   * Keeps the bytes and then the record: a file is there whole or not at all. When `content` throws, nothing of it stays.
   * @throws {ChatError} too-large; conflict: the id is taken, or is being written; what `content` threw, wrapped
   */
  put(content: AsyncIterable<Uint8Array>, meta: FileMeta, options: PutOptions): Promise<FileRecord>;
  /** undefined: there is none, or the id is no id. */
  read(id: string): Promise<FileRecord | undefined>;
  open(id: string): Promise<OpenedFile | undefined>;
  /** Makes it the conversation's: kept as long as that. @returns its record, which names another conversation when it was sent before */
  attach(id: string, conversationId: ConversationId): Promise<FileRecord | undefined>;
  /** May be called twice. */
  remove(id: string): Promise<void>;
  /** @returns how many there were */
  removeOf(whose: FilesOf): Promise<number>;
  /** Gives every file of one owner to another: a visitor who signed in. */
  moveFiles(from: FileOwner, to: FileOwner): Promise<number>;
  usageOf(owner: FileOwner): Promise<FileUsage>;
  /** Removes what was put before this and never sent, and what an end of the process left half written. @returns how many */
  sweep(beforeMs: number): Promise<number>;
  /** Rejects when it cannot serve. For /readyz. */
  check(): Promise<void>;
  /** May be called twice. */
  close(): Promise<void>;
}
