/** What a file says it is, held against its first bytes. Pure, but for the stream that it looks into. */
import { ChatError } from '@rivulet/protocol';

/** What a site takes unless it says otherwise: what models read, and nothing that a browser would run. */
export const DEFAULT_FILE_TYPES: readonly string[] = [
  'image/png',
  'image/jpeg',
  'image/gif',
  'image/webp',
  'application/pdf',
  'text/plain',
  'text/markdown',
  'text/csv',
  'application/json',
];

/** Images without script, which a browser may show in place; all else is downloaded. */
const SAFE_IMAGES: ReadonlySet<string> = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp']);

export const isSafeImage = (mediaType: string): boolean => SAFE_IMAGES.has(mediaType);

/** Whether it is text that can be read as it is. */
export const isText = (mediaType: string): boolean =>
  /^text\/|^application\/(json|xml|yaml|toml|x-ndjson|javascript)$|\+(json|xml)$/.test(mediaType);

/** Enough for every signature below. */
const HEAD_BYTES = 512;

const startsWith = (head: Buffer, signature: string, at = 0): boolean =>
  head.subarray(at, at + signature.length).toString('latin1') === signature;

const SIGNATURES: Readonly<Record<string, (head: Buffer) => boolean>> = {
  'image/png': (head) => startsWith(head, '\x89PNG\r\n\x1a\n'),
  'image/jpeg': (head) => startsWith(head, '\xff\xd8\xff'),
  'image/gif': (head) => startsWith(head, 'GIF87a') || startsWith(head, 'GIF89a'),
  'image/webp': (head) => startsWith(head, 'RIFF') && startsWith(head, 'WEBP', 8),
  'application/pdf': (head) => startsWith(head, '%PDF-'),
};

/** Whether the first bytes may be of that type: its own signature, or for text no signature and no zero byte. */
export function isOfType(mediaType: string, head: Buffer): boolean {
  const own = Object.hasOwn(SIGNATURES, mediaType) ? SIGNATURES[mediaType] : undefined;
  if (own !== undefined) return own(head);
  if (!isText(mediaType)) return true; // nobody here knows how it begins; it is only ever downloaded
  return !head.includes(0) && !Object.values(SIGNATURES).some((isOther) => isOther(head));
}

/** `text/plain; charset=utf-8` is `text/plain`. undefined when it is no media type. */
export function readMediaType(value: string): string | undefined {
  return /^([a-z0-9][\w.+-]{0,63}\/[a-z0-9][\w.+-]{0,63})\s*(?:;|$)/i.exec(value.trim())?.[1]?.toLowerCase();
}

/** The same bytes; throws before the first of them when they are not of the type. @throws {ChatError} unsupported */
export async function* checkedContent(
  content: AsyncIterable<Uint8Array>,
  mediaType: string,
): AsyncGenerator<Uint8Array> {
  let held: Buffer | undefined = Buffer.alloc(0);
  for await (const piece of content) {
    if (held === undefined) {
      yield piece;
      continue;
    }
    held = Buffer.concat([held, piece]);
    if (held.length < HEAD_BYTES) continue;
    yield checkedHead(held, mediaType);
    held = undefined;
  }
  if (held !== undefined) yield checkedHead(held, mediaType);
}

function checkedHead(head: Buffer, mediaType: string): Buffer {
  if (isOfType(mediaType, head.subarray(0, HEAD_BYTES))) return head;
  throw new ChatError('unsupported', { message: `The file is not of the type ${mediaType}, which it says.` });
}
