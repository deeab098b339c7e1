/** Uploaded files: which ones a visitor may upload, and how they become part of a conversation. */
import {
  ChatError,
  type ConversationId,
  type EventOf,
  type FilePart,
  type RandomBytes,
  type UserPart,
} from '@rivulet/protocol';
import type { ActionOn } from '../access/actions.ts';
import { authorize } from '../access/authorize.ts';
import { ownerOf } from '../access/owned-conversation.ts';
import type { Principal } from '../auth/auth.ts';
import { refusal, type Clock, type Limits } from '../base/index.ts';
import { mintFileId } from '../files/file-id.ts';
import type { FileOwner, FileRecord, FileStore, OpenedFile } from '../files/file-store.ts';
import { checkedContent, DEFAULT_FILE_TYPES } from '../files/file-type.ts';
import type { Site } from '../sites/sites.ts';

/** What uploads need. */
export interface UploadsOptions {
  /** undefined: the gateway accepts no files. */
  files: FileStore | undefined;
  clock: Clock;
  random: RandomBytes;
  limits: Limits;
}

/** One file to store. */
export interface Upload {
  /** The owner of the file. */
  principal: Principal;
  site: Site;
  /** The file name as sent; it is cleaned before it is stored. */
  name: string;
  /** The media type as sent; the content is checked against it. */
  mediaType: string;
  /** The announced size; undefined when the client does not announce one. */
  sizeBytes: number | undefined;
  content: AsyncIterable<Uint8Array>;
}

/** The files of visitors. */
export interface Uploads {
  /** The `files` field of `welcome`: what a visitor of the site may attach; empty when the site accepts no files. */
  offerOf(site: Site): Pick<EventOf<'welcome'>, 'files'>;
  /**
   * Stores a file for its owner. It belongs to no conversation until it is claimed.
   * @throws {ChatError} unsupported when the site accepts no files or not this type; too-large; quota-exceeded
   */
  put(upload: Upload): Promise<FileRecord>;
  /** The record of a file. @throws {ChatError} not-found when it does not exist or belongs to another principal */
  read(principal: Principal, action: ActionOn<'file'>, id: string): Promise<FileRecord>;
  /** Opens the content of a file. The caller has checked that access is allowed. */
  open(id: string): Promise<OpenedFile | undefined>;
  /** Removes a file that was not sent. @throws {ChatError} not-found; conflict when it belongs to a message */
  remove(principal: Principal, id: string): Promise<void>;
  /**
   * Assigns the files of a message to its conversation.
   * @returns the parts to store. Their file name, type and size come from the stored record, not from the client.
   * @throws {ChatError} not-found; conflict when a file was sent to another conversation
   */
  claim(
    principal: Principal,
    conversationId: ConversationId,
    parts: readonly UserPart[],
  ): Promise<UserPart[]>;
  /** Erases the files of conversations, whose mutexes the caller holds. @returns the number of files. */
  eraseConversations(ids: readonly ConversationId[]): Promise<number>;
  /** Erases the files of an owner, but for those of some conversations. @returns the number of files. */
  eraseOwner(owner: FileOwner, kept: readonly ConversationId[]): Promise<number>;
  /** Changes the owner of files when a visitor signs in and takes over their conversations. @returns the number of files. */
  move(from: FileOwner, to: FileOwner): Promise<number>;
}

/** Creates the uploads of one gateway. Without a file store nothing can be uploaded or read. */
export function createUploads(options: UploadsOptions): Uploads {
  const { files } = options;
  const quota = createQuota(options);
  const read = async (principal: Principal, action: ActionOn<'file'>, id: string): Promise<FileRecord> => {
    const record = await files?.read(id);
    authorize({ principal, action, resource: { kind: 'file', owner: record } });
    if (record === undefined) throw notFound();
    return record;
  };
  return {
    offerOf: (site) => {
      const mediaTypes = typesOf(site, options);
      return mediaTypes.length === 0 ? {} : { files: { maxBytes: options.limits.maxFileBytes, mediaTypes } };
    },
    read,
    open: (id) => files?.open(id) ?? Promise.resolve(undefined),
    eraseConversations: (conversationIds) => files?.removeOf({ conversationIds }) ?? Promise.resolve(0),
    eraseOwner: (owner, kept) => files?.removeOf({ owner, kept }) ?? Promise.resolve(0),
    move: (from, to) => files?.moveFiles(from, to) ?? Promise.resolve(0),
    put: (upload) => {
      const { principal, site } = upload;
      authorize({ principal, action: 'upload-file', resource: { kind: 'site', site } });
      checkAllowed(upload, options);
      return quota.reserve(ownerOf(upload.principal), upload, () => put(options, upload));
    },
    async remove(principal, id) {
      const { conversationId } = await read(principal, 'remove-file', id);
      if (conversationId !== undefined)
        throw new ChatError('conflict', {
          message: 'The file belongs to a message; it is removed with the conversation.',
        });
      await files?.remove(id);
    },
    claim: (principal, conversationId, parts) =>
      Promise.all(
        parts.map(async (part) =>
          part.type === 'file'
            ? claimFile(await read(principal, 'read-file', part.fileId), conversationId, files)
            : part,
        ),
      ),
  };
}

async function claimFile(
  { id }: FileRecord,
  conversationId: ConversationId,
  files: FileStore | undefined,
): Promise<FilePart> {
  const record = await files?.attach(id, conversationId);
  if (record === undefined) throw notFound();
  if (record.conversationId !== conversationId)
    throw new ChatError('conflict', {
      message: 'The file was sent to another conversation; upload it again.',
    });
  const { name, mediaType, sizeBytes } = record;
  return { type: 'file', fileId: id, name, mediaType, sizeBytes };
}

const typesOf = (site: Site, { files }: UploadsOptions): string[] =>
  files === undefined ? [] : [...(site.fileTypes ?? DEFAULT_FILE_TYPES)];

function checkAllowed({ site, mediaType, sizeBytes }: Upload, options: UploadsOptions): void {
  const { limits } = options;
  const allowed = typesOf(site, options);
  if (allowed.length === 0) throw new ChatError('unsupported', { message: 'This site accepts no files.' });
  if (!allowed.includes(mediaType)) {
    throw new ChatError('unsupported', {
      message: `This site accepts no files of the type ${mediaType}; it accepts ${allowed.join(', ')}.`,
    });
  }
  if (sizeBytes !== undefined && sizeBytes > limits.maxFileBytes) {
    throw new ChatError('too-large', {
      message: `The file is larger than ${limits.maxFileBytes} bytes; send a smaller one.`,
    });
  }
}

function put(options: UploadsOptions, { principal, name, mediaType, content }: Upload): Promise<FileRecord> {
  const { files, clock, random, limits } = options;
  if (files === undefined) throw new ChatError('unsupported');
  const meta = {
    id: mintFileId(random),
    ...ownerOf(principal),
    name: cleanName(name),
    mediaType,
    createdAtMs: clock.now(),
  };
  return files.put(checkedContent(content, mediaType), meta, { maxBytes: limits.maxFileBytes });
}

interface Quota {
  /** Reserves the announced size while `work` runs. @throws {ChatError} quota-exceeded */
  reserve<Result>(owner: FileOwner, upload: Upload, work: () => Promise<Result>): Promise<Result>;
}

/** Uploads in progress count against the quota, so that concurrent uploads cannot exceed it together. */
function createQuota({ files, limits }: UploadsOptions): Quota {
  /** By owner. Bounded by the uploads in progress. */
  const reserved = new Map<string, { files: number; bytes: number }>();
  return {
    async reserve(owner, { sizeBytes = limits.maxFileBytes }, work) {
      const key = JSON.stringify([owner.siteId, owner.ownerId]);
      const mine = reserved.get(key) ?? { files: 0, bytes: 0 };
      reserved.set(key, mine);
      mine.files += 1;
      mine.bytes += sizeBytes;
      try {
        const kept = (await files?.usageOf(owner)) ?? { files: 0, bytes: 0 };
        const exceedsQuota =
          kept.files + mine.files > limits.maxVisitorFiles ||
          kept.bytes + mine.bytes > limits.maxVisitorFileBytes;
        if (exceedsQuota)
          throw refusal('quota-exceeded', 'file-quota', {
            message: 'You have sent as many files as you may.',
          });
        return await work();
      } finally {
        mine.files -= 1;
        mine.bytes -= sizeBytes;
        if (mine.files === 0) reserved.delete(key);
      }
    },
  };
}

const MAX_NAME_CHARS = 200;
/** Control and format characters could reverse a name on the screen or end a header; lone surrogates are not valid text. */
const INVISIBLE_CHARACTERS = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu;

/** A file name without its path and without invisible characters: at most 200 characters, `file` when nothing is left. */
export function cleanName(name: string): string {
  const last = name.split(/[/\\]/).at(-1) ?? '';
  // Cut first: a surrogate pair that is cut in half leaves a lone surrogate, which the pattern removes.
  return last.slice(0, MAX_NAME_CHARS).replace(INVISIBLE_CHARACTERS, '').trim() || 'file';
}

const notFound = () => new ChatError('not-found', { message: 'There is no such file.' });
