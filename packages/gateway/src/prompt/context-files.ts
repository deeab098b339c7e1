/** Reads the files of the context: the newest first, up to a byte budget. */
import type { OpenedFile } from '../files/file-store.ts';
import { isText } from '../files/file-type.ts';
import { estimateTokens, MAX_UNDERESTIMATE } from './estimate-tokens.ts';
import type { ContextMessage, FileMention } from './provider-messages.ts';
import type { ProviderFile, ProviderMessage } from '../providers/provider.ts';

/** Where files are read from, and how much of them. */
export interface ContextFilesOptions {
  /** Opens a file; undefined when it does not exist any more. */
  open: (id: string) => Promise<OpenedFile | undefined>;
  /** The budget of all files together, in bytes. */
  maxBytes: number;
  /** Maximum length of one text file, in estimated tokens; a longer one is cut at its end. */
  maxTextTokens: number;
}

/**
 * Adds the content of their files to the messages. A file that exceeds the rest of the budget, or does not exist any more, keeps
 * its name, type and size, and has no `bytes`.
 */
export async function readContextFiles(
  messages: readonly ContextMessage[],
  options: ContextFilesOptions,
): Promise<ProviderMessage[]> {
  let leftBytes = options.maxBytes;
  const result: ProviderMessage[] = [];
  for (const message of messages.toReversed()) {
    if (message.role !== 'user' || message.files === undefined) {
      result.unshift(message.role === 'user' ? { role: 'user', text: message.text } : message);
      continue;
    }
    const files: ProviderFile[] = [];
    for (const mention of message.files) {
      const file = await readFile(mention, leftBytes, options);
      leftBytes -= file.bytes?.length ?? 0;
      files.push(file);
    }
    result.unshift({ ...message, files });
  }
  return result;
}

async function readFile(
  mention: FileMention,
  leftBytes: number,
  { open, maxTextTokens }: ContextFilesOptions,
): Promise<ProviderFile> {
  const { fileId, name, mediaType, sizeBytes } = mention;
  const file: ProviderFile = { name, mediaType, sizeBytes };
  // No text has more bytes for each estimated token.
  const maxTextBytes = maxTextTokens * MAX_UNDERESTIMATE;
  const wantedBytes = isText(mediaType) ? Math.min(sizeBytes, maxTextBytes) : sizeBytes;
  if (wantedBytes > leftBytes) return file;
  const opened = await open(fileId);
  if (opened === undefined) return file;
  const start = await readStart(opened, wantedBytes);
  const bytes = isText(mediaType) ? cutToTokens(start, maxTextTokens) : start;
  return bytes.length < sizeBytes ? { ...file, bytes, isCut: true } : { ...file, bytes };
}

/** The beginning of a text that has at most this many estimated tokens; not cut within a character that the text has whole. */
function cutToTokens(bytes: Uint8Array, maxTokens: number): Uint8Array {
  let text = new TextDecoder().decode(bytes);
  let tokens = estimateTokens(text);
  if (tokens <= maxTokens) return bytes;
  // The parts of a text differ, so that one cut by proportion may not be enough; each one takes at least one character away.
  while (tokens > maxTokens) {
    text = text.slice(0, Math.min(text.length - 1, Math.floor((text.length * maxTokens) / tokens)));
    tokens = estimateTokens(text);
  }
  return new TextEncoder().encode(text.replace(/[\ud800-\udbff]$/, ''));
}

/** Reads the first bytes of a file. Leaving the loop early closes the stream. */
async function readStart({ content }: OpenedFile, wantedBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let readBytes = 0;
  for await (const chunk of content as AsyncIterable<Uint8Array>) {
    chunks.push(chunk);
    readBytes += chunk.length;
    if (readBytes >= wantedBytes) break;
  }
  return Buffer.concat(chunks).subarray(0, wantedBytes);
}
