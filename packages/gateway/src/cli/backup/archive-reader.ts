/** Reads a backup, which may be damaged or hostile, member by member. Nothing is read that is not a member of a backup. */
import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { createTarDecoder, type ParsedTarEntry, type TarHeader } from 'modern-tar';
import { BackupError } from './backup-error.ts';
import { MAX_MEMBERS, memberKind, type Member, type MemberKind } from './members.ts';

/** A member while it is read. */
export interface ReadMember extends MemberKind {
  name: string;
  bytes: number;
  /** To be read to its end. */
  content: AsyncIterable<Uint8Array>;
}

/** What `readArchive` needs. */
export interface ReadArchiveOptions {
  /** The bytes of the archive. It is read to its end, or destroyed. */
  input: Readable;
  /** For errors. */
  source: string;
  /** Is given each member in turn, and reads it. */
  onMember: (member: ReadMember) => Promise<void>;
  signal: AbortSignal;
}

/**
 * Reads a whole archive.
 * @returns the size and the sum of each member, by name
 * @throws {BackupError} when it is damaged, cut off, or holds anything that is not of a backup
 */
export async function readArchive(options: ReadArchiveOptions): Promise<Map<string, Member>> {
  const { input, source, signal } = options;
  const gunzip = createGunzip();
  const decoder = createTarDecoder({ strict: true });
  const stop = new AbortController();
  const fed = pipeline(input, gunzip, toWritable(decoder), {
    signal: AbortSignal.any([signal, stop.signal]),
  });
  const read = async () => {
    try {
      return await readMembers(decoder.readable, options); // in the types of Node
    } catch (error) {
      stop.abort(error);
      throw error;
    }
  };
  const [members, feeding] = await Promise.allSettled([read(), fed]);
  if (members.status === 'fulfilled' && feeding.status === 'fulfilled') return members.value;
  signal.throwIfAborted();
  const failures = [members, feeding].flatMap((one) =>
    one.status === 'rejected' ? [one.reason as unknown] : [],
  );
  throw explain(failures, source);
}

/** Failures of the disk stay what they are. Everything else comes from bytes that are not those of a backup. */
function explain(failures: readonly unknown[], source: string): unknown {
  const known = failures.find((error) => error instanceof BackupError || isOfSystem(error));
  return known ?? damageOf(failures.at(-1), source);
}

/** Whether the system has refused a call, as `ENOSPC`. */
function isOfSystem(error: unknown): boolean {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
  return typeof code === 'string' && code.startsWith('E') && !code.startsWith('ERR_');
}

function damageOf(error: unknown, source: string): BackupError {
  const why = error instanceof Error ? error.message : 'it cannot be read';
  if (why === 'incorrect header check')
    return new BackupError(`${source} is not a backup that rivulet backup has written.`, { cause: error });
  return new BackupError(`${source} is damaged or was cut off (${why}); use another backup.`, {
    cause: error,
  });
}

/** An async function instead of a web stream, because its failure ends the pipeline with this failure. */
function toWritable({ writable }: ReturnType<typeof createTarDecoder>) {
  return async (chunks: AsyncIterable<Uint8Array>): Promise<void> => {
    const writer = writable.getWriter();
    try {
      for await (const chunk of chunks) {
        await writer.ready;
        await writer.write(chunk);
      }
      await writer.close();
    } catch (error) {
      await writer.abort(error).catch(() => undefined); // the error above is the one to report
      throw error;
    }
  };
}

async function readMembers(
  entries: AsyncIterable<ParsedTarEntry>,
  { source, onMember }: ReadArchiveOptions,
): Promise<Map<string, Member>> {
  const members = new Map<string, Member>();
  for await (const { header, body } of entries) {
    const kind = checkHeader(header, source);
    if (members.has(header.name) || members.size >= MAX_MEMBERS)
      throw new BackupError(`${source} is not a backup: it has too many members, or ${header.name} twice.`);
    const hash = createHash('sha256');
    const content = hashed(body, hash); // in the types of Node
    await onMember({ ...kind, name: header.name, bytes: header.size, content });
    members.set(header.name, { bytes: header.size, sha256: hash.digest('hex') });
  }
  return members;
}

async function* hashed(body: AsyncIterable<Uint8Array>, hash: ReturnType<typeof createHash>) {
  for await (const chunk of body) {
    hash.update(chunk);
    yield chunk;
  }
}

/** The name comes from a file that may be hostile: it is shown escaped. @throws {BackupError} */
function checkHeader({ name, type, size }: TarHeader, source: string): MemberKind {
  const kind = type === 'file' ? memberKind(name) : undefined;
  const shown = JSON.stringify(name.slice(0, 100));
  if (kind === undefined)
    throw new BackupError(
      `${source} is not a backup of this version: it has a ${type ?? 'file'} ${shown}, which no backup has. Nothing was restored.`,
    );
  if (size > kind.maxBytes)
    throw new BackupError(
      `${source} is not a backup: its member ${shown} has ${size} bytes, more than the ${kind.maxBytes} that are possible.`,
    );
  return kind;
}
