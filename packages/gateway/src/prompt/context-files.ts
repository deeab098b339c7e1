/** Reads the files that the model is to see: the newest first, up to a budget. */
import type { OpenedFile } from '../files/file-store.ts';
import { isText } from '../files/file-type.ts';
import type { ContextMessage, FileMention } from './provider-messages.ts';
import type { ProviderFile, ProviderMessage } from '../providers/provider.ts';

export interface ContextFilesOptions {
  open: (id: string) => Promise<OpenedFile | undefined>;
  /** All of them together. */
  maxBytes: number;
  /** The beginning of a text file that is given; the rest is left out. */
  maxTextBytes: number;
}

/** The same messages with the bytes of their files. What is over the budget, or gone, is mentioned without them. */
export async function readContextFiles(
  messages: readonly ContextMessage[],
  options: ContextFilesOptions,
): Promise<ProviderMessage[]> {
  let leftBytes = options.maxBytes;
  const read: ProviderMessage[] = [];
  for (const message of messages.toReversed()) {
    if (message.role !== 'user' || message.files === undefined) {
      read.unshift(message.role === 'user' ? { role: 'user', text: message.text } : message);
      continue;
    }
    const files: ProviderFile[] = [];
    for (const mention of message.files) {
      const file = await readFile(mention, leftBytes, options);
      leftBytes -= file.bytes?.length ?? 0;
      files.push(file);
    }
    read.unshift({ ...message, files });
  }
  return read;
}

async function readFile(
  mention: FileMention,
  leftBytes: number,
  { open, maxTextBytes }: ContextFilesOptions,
): Promise<ProviderFile> {
  const { fileId, name, mediaType, sizeBytes } = mention;
  const file: ProviderFile = { name, mediaType, sizeBytes };
  const wantedBytes = isText(mediaType) ? Math.min(sizeBytes, maxTextBytes) : sizeBytes;
  if (wantedBytes > leftBytes) return file;
  const opened = await open(fileId);
  if (opened === undefined) return file;
  const bytes = await readBytes(opened, wantedBytes);
  return wantedBytes < sizeBytes ? { ...file, bytes, isCut: true } : { ...file, bytes };
}

/** Leaving the loop early lets go of the file. */
async function readBytes({ content }: OpenedFile, wantedBytes: number): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let readSoFar = 0;
  for await (const piece of content as AsyncIterable<Uint8Array>) {
    pieces.push(piece);
    readSoFar += piece.length;
    if (readSoFar >= wantedBytes) break;
  }
  return Buffer.concat(pieces).subarray(0, wantedBytes);
}
