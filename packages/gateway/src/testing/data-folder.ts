/** A data folder as a gateway leaves it: a database with one conversation, a file that was sent, one that was not, and the secret. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { ConversationId, Message } from '@rivulet/protocol';
import { randomBytes } from '../base/index.ts';
import { createDiskFileStore } from '../files/disk.ts';
import { mintFileId } from '../files/file-id.ts';
import { createSqliteStore } from '../stores/sqlite.ts';
import type { Owner } from '../stores/store.ts';
import { accepted, sampleOwner, sampleQuestion, SAMPLE_MS } from './samples.ts';

/** What is in the folder. */
export interface FilledFolder {
  conversationId: ConversationId;
  question: Message;
  owner: Owner;
  /** The id of the file that was sent with the question. */
  sent: string;
  /** The id of the file that was not sent. */
  unsent: string;
}

/** The content of both files. */
export const FILE_TEXT = 'some words in a file';

/** Fills a folder, which is created when it is missing. Nothing uses it afterwards. */
export async function fillDataFolder(folder: string): Promise<FilledFolder> {
  mkdirSync(folder, { recursive: true });
  const store = await createSqliteStore({ file: join(folder, 'rivulet.sqlite') });
  const files = createDiskFileStore({ folder: join(folder, 'files') });
  const owner = sampleOwner();
  const described = { name: 'a.txt', mediaType: 'text/plain' };
  const put = async () => {
    const id = mintFileId(randomBytes);
    const meta = { ...owner, ...described, id, createdAtMs: SAMPLE_MS };
    await files.put(Readable.from([Buffer.from(FILE_TEXT)]), meta, { maxBytes: FILE_TEXT.length });
    return id;
  };
  const [sent, unsent] = [await put(), await put()];
  const part = { type: 'file' as const, fileId: sent, ...described, sizeBytes: FILE_TEXT.length };
  const asked = sampleQuestion();
  const { conversationId, question } = await accepted(store, {
    owner,
    question: { ...asked, parts: [...asked.parts, part] },
  });
  await files.attach(sent, conversationId);
  await Promise.all([store.close(), files.close()]);
  writeFileSync(join(folder, 'secret.key'), `${'s'.repeat(43)}\n`, { mode: 0o600 });
  return { conversationId, question, owner, sent, unsent };
}
