/** Compares the declared type of a file with its first bytes. */
import { ChatError } from '@rivulet/protocol';

/** The types that a site accepts by default: models can read them, and browsers do not run them. */
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

/** Image types that cannot contain scripts. Browsers may show them inline; all other types are downloaded. */
const SAFE_IMAGES: ReadonlySet<string> = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp']);

/** Whether a browser may show the type inline. */
export const isSafeImage = (mediaType: string): boolean => SAFE_IMAGES.has(mediaType);

/** Whether the type is readable text. */
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

/** Whether the first bytes fit the type: they have its signature, or for text neither a known signature nor a zero byte. */
export function isOfType(mediaType: string, head: Buffer): boolean {
  const own = Object.hasOwn(SIGNATURES, mediaType) ? SIGNATURES[mediaType] : undefined;
  if (own !== undefined) return own(head);
  if (!isText(mediaType)) return true; // no known signature; such a file is only ever downloaded
  return !head.includes(0) && !Object.values(SIGNATURES).some((isOther) => isOther(head));
}

/** The media type without parameters, in lower case: `text/plain` for `text/plain; charset=utf-8`. undefined when malformed. */
export function readMediaType(value: string): string | undefined {
  return /^([a-z0-9][\w.+-]{0,63}\/[a-z0-9][\w.+-]{0,63})\s*(?:;|$)/i.exec(value.trim())?.[1]?.toLowerCase();
}

/**
 * Passes the bytes on after checking the first of them.
 * @throws {ChatError} `unsupported`, before the first byte, when they do not fit the type.
 */
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
