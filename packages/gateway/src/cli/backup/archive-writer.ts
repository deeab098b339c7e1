/** Writes an archive: tar, compressed with gzip. Contents are streamed, and their sums counted. */
import { createHash } from 'node:crypto';
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { createGzip } from 'node:zlib';
import { createTarPacker } from 'modern-tar';
import type { Member } from './members.ts';

/** A member that is added. */
export interface NewMember {
  name: string;
  /** The exact size of the content in bytes. */
  bytes: number;
  content: AsyncIterable<Uint8Array>;
}

/** An archive that is being written. Members are added one after the other. */
export interface ArchiveWriter {
  /** The members so far, by name. */
  readonly members: Readonly<Record<string, Member>>;
  /** @throws {Error} when the content fails or has another size, or the output fails */
  add(member: NewMember): Promise<void>;
  /** Adds a small member. */
  addText(name: string, text: string): Promise<void>;
}

/** What `writeArchive` needs. */
export interface WriteArchiveOptions {
  /** It is ended with the archive, and destroyed when anything fails. */
  output: Writable;
  /** Adds the members. */
  fill: (archive: ArchiveWriter) => Promise<void>;
  /** Ends the work with an AbortError. */
  signal: AbortSignal;
}

/** Writes a whole archive. Resolves when the output has taken all of it. @throws {Error} the first failure of `fill` or the output */
export async function writeArchive({ output, fill, signal }: WriteArchiveOptions): Promise<void> {
  const { readable, controller } = createTarPacker();
  const tar = Readable.fromWeb(readable as ReadableStream<Uint8Array>); // the same class, in the types of Node
  const written = pipeline(tar, createGzip(), output, { signal });
  const members: Record<string, Member> = Object.create(null) as Record<string, Member>; // names are keys
  const add = async ({ name, bytes, content }: NewMember) => {
    const hash = createHash('sha256');
    const writer = controller.add({ name, size: bytes, mode: 0o600, type: 'file' }).getWriter();
    for await (const chunk of content) {
      hash.update(chunk);
      await writer.write(chunk);
    }
    await writer.close();
    members[name] = { bytes, sha256: hash.digest('hex') };
  };
  const filled = async () => {
    try {
      await fill({
        members,
        add,
        addText: (name, text) => {
          const bytes = Buffer.from(text);
          return add({ name, bytes: bytes.length, content: Readable.from([bytes]) });
        },
      });
      controller.finalize();
    } catch (error) {
      controller.error(error);
      throw error;
    }
  };
  // Both are awaited, so that nothing is written any more when this rejects.
  const [fillResult, writeResult] = await Promise.allSettled([filled(), written]);
  for (const result of [fillResult, writeResult]) if (result.status === 'rejected') throw result.reason;
}
