import { Readable, Writable } from 'node:stream';
import { expect, it } from 'vitest';
import { readArchive } from './archive-reader.ts';
import { writeArchive } from './archive-writer.ts';
import { MEMBERS } from './members.ts';

const { signal } = new AbortController();

/** The bytes of an archive with a header and a secret of this size. */
async function archiveOf(bytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  const output = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      chunks.push(chunk);
      done();
    },
  });
  const fill: Parameters<typeof writeArchive>[0]['fill'] = async (archive) => {
    await archive.addText(MEMBERS.header, '{}');
    await archive.addText(MEMBERS.secret, 's'.repeat(bytes));
  };
  await writeArchive({ output, signal, fill });
  return Buffer.concat(chunks);
}

it.each([1, 60_000])('a full disk is what it is, and no damage of the backup (%i bytes)', async (bytes) => {
  const full = Object.assign(new Error('no space left on device, write'), { code: 'ENOSPC' });
  const input = Readable.from([await archiveOf(bytes)]);
  const onMember = () => Promise.reject(full);
  await expect(readArchive({ input, source: 'b.tar.gz', onMember, signal })).rejects.toBe(full);
});
