/** What a visitor may put, and what becomes of it when it is sent. */
import {
  ChatError,
  type ConversationId,
  type EventOf,
  type FilePart,
  type RandomBytes,
  type UserPart,
} from '@rivulet/protocol';
import type { Principal } from '../auth/auth.ts';
import type { Clock } from '../base/clock.ts';
import { mintFileId } from '../files/file-id.ts';
import type { FileOwner, FileRecord, FilesOf, FileStore, OpenedFile } from '../files/file-store.ts';
import { checkedContent, DEFAULT_FILE_TYPES } from '../files/file-type.ts';
import type { Limits } from '../base/limits.ts';
import type { Site } from '../sites/sites.ts';

export interface UploadsOptions {
  /** Absent: this gateway takes no files. */
  files: FileStore | undefined;
  clock: Clock;
  random: RandomBytes;
  limits: Limits;
}

export interface Upload {
  principal: Principal;
  site: Site;
  name: string;
  mediaType: string;
  /** What the sender says it will be; absent: it does not say. */
  sizeBytes: number | undefined;
  content: AsyncIterable<Uint8Array>;
}

export interface Uploads {
  /** What `welcome` says that a visitor of the site may attach. */
  offerOf(site: Site): Pick<EventOf<'welcome'>, 'files'>;
  /** @throws {ChatError} unsupported: no files here, or not of this type; too-large; quota-exceeded */
  put(upload: Upload): Promise<FileRecord>;
  /** @throws {ChatError} not-found: there is none, or it is another's */
  read(principal: Principal, id: string): Promise<FileRecord>;
  /** Whoever asks has shown that they may. */
  open(id: string): Promise<OpenedFile | undefined>;
  /** Takes back what was not sent. @throws {ChatError} not-found; conflict: it belongs to a message */
  remove(principal: Principal, id: string): Promise<void>;
  /**
   * The parts as they are kept: what they say of a file is the record's, whatever the sender says. The files are the
   * conversation's from now on.
   * @throws {ChatError} not-found; conflict: it was sent to another conversation
   */
  claim(
    principal: Principal,
    conversationId: ConversationId,
    parts: readonly UserPart[],
  ): Promise<UserPart[]>;
  /** To be called when a conversation, or all of an owner's, is erased; within the conversation's section. @returns how many */
  erase(whose: FilesOf): Promise<number>;
  /** To be called when a visitor signs in: their files go with their conversations. */
  move(from: FileOwner, to: FileOwner): Promise<number>;
}

export function createUploads(options: UploadsOptions): Uploads {
  const { files } = options;
  const quota = createQuota(options);
  const read = async (principal: Principal, id: string): Promise<FileRecord> => {
    const record = await files?.read(id);
    if (record === undefined || !isOwn(record, principal)) throw notFound();
    return record;
  };
  return {
    offerOf: (site) => {
      const mediaTypes = typesOf(site, options);
      return mediaTypes.length === 0 ? {} : { files: { maxBytes: options.limits.maxFileBytes, mediaTypes } };
    },
    read,
    open: (id) => files?.open(id) ?? Promise.resolve(undefined),
    erase: (whose) => files?.removeOf(whose) ?? Promise.resolve(0),
    move: (from, to) => files?.moveFiles(from, to) ?? Promise.resolve(0),
    put: (upload) => {
      checkAllowed(upload, options);
      return quota.within(ownerOf(upload.principal), upload, () => put(options, upload));
    },
    async remove(principal, id) {
      const { conversationId } = await read(principal, id);
      if (conversationId !== undefined)
        throw new ChatError('conflict', {
          message: 'The file belongs to a message; it is removed with the conversation.',
        });
      await files?.remove(id);
    },
    claim: (principal, conversationId, parts) =>
      Promise.all(
        parts.map(async (part) =>
          part.type === 'file' ? claimFile(await read(principal, part.fileId), conversationId, files) : part,
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
  if (allowed.length === 0) throw new ChatError('unsupported', { message: 'This site takes no files.' });
  if (!allowed.includes(mediaType)) {
    throw new ChatError('unsupported', {
      message: `This site takes no files of the type ${mediaType}; it takes ${allowed.join(', ')}.`,
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
  /** @throws {ChatError} quota-exceeded */
  within<Result>(owner: FileOwner, upload: Upload, work: () => Promise<Result>): Promise<Result>;
}

/** What is on its way counts at once, so that many uploads at a time cannot pass together where each may alone. */
function createQuota({ files, limits }: UploadsOptions): Quota {
  const coming = new Map<string, { files: number; bytes: number }>();
  return {
    async within(owner, { sizeBytes = limits.maxFileBytes }, work) {
      const key = JSON.stringify([owner.siteId, owner.ownerId]);
      const mine = coming.get(key) ?? { files: 0, bytes: 0 };
      coming.set(key, mine);
      mine.files += 1;
      mine.bytes += sizeBytes;
      try {
        const kept = (await files?.usageOf(owner)) ?? { files: 0, bytes: 0 };
        const isOver =
          kept.files + mine.files > limits.maxVisitorFiles ||
          kept.bytes + mine.bytes > limits.maxVisitorFileBytes;
        if (isOver)
          throw new ChatError('quota-exceeded', { message: 'You have sent as many files as you may.' });
        return await work();
      } finally {
        mine.files -= 1;
        mine.bytes -= sizeBytes;
        if (mine.files === 0) coming.delete(key);
      }
    },
  };
}

const MAX_NAME_CHARS = 200;
/** Control and format characters could turn a name around on a screen, or end a header. */
const UNSHOWN = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu;

/** The name alone, without a path and without what cannot be seen. */
export function cleanName(name: string): string {
  const last = name.split(/[/\\]/).at(-1) ?? '';
  // Cut first: half a surrogate pair at the end is one of what cannot be seen.
  return last.slice(0, MAX_NAME_CHARS).replace(UNSHOWN, '').trim() || 'file';
}

const ownerOf = ({ siteId, id }: Principal): FileOwner => ({ siteId, ownerId: id });
const isOwn = (record: FileRecord, principal: Principal): boolean =>
  record.siteId === principal.siteId && record.ownerId === principal.id;
const notFound = () => new ChatError('not-found', { message: 'There is no such file.' });
