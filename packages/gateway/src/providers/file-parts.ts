/** The parts of a question, before they are written in the format of an API: its text, and the files as data or as words about them. */
import type { ProviderFile, ProviderMessage } from './provider.ts';

/** One part of a question. `url` is a data URL: the upstream cannot reach the gateway, and must not be able to. */
export type QuestionPart =
  | { kind: 'text'; text: string }
  | { kind: 'image'; url: string }
  | { kind: 'file'; name: string; url: string };

/** The types that the APIs accept as an image. */
const IMAGES: ReadonlySet<string> = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp']);
/** Types that are sent as text instead of as a file: it needs no parser, and every upstream accepts it. */
const TEXT = /^text\/|^application\/(json|xml|yaml|toml|x-ndjson|javascript)$|\+(json|xml)$/;

/**
 * The parts of a question; a text when there is nothing else, because text-only upstreams refuse a list of parts, even when all of
 * them are text.
 */
export function questionPartsOf({
  text,
  files = [],
}: Extract<ProviderMessage, { role: 'user' }>): string | QuestionPart[] {
  if (files.length === 0) return text;
  const textParts: QuestionPart[] = text === '' ? [] : [{ kind: 'text', text }];
  const parts = [...textParts, ...files.map(filePartOf)];
  return parts.every((part) => part.kind === 'text') ? parts.map((part) => part.text).join('\n\n') : parts;
}

/** Embeds the file; one that cannot be sent is replaced by a sentence about it. */
function filePartOf(file: ProviderFile): QuestionPart {
  const { name, mediaType, bytes, isCut, isRefused } = file;
  if (isRefused === true)
    return placeholder(file, 'you cannot see or read it, because files like it cannot be given to you');
  if (bytes === undefined) return placeholder(file, 'it is not repeated here');
  if (TEXT.test(mediaType)) {
    const text = new TextDecoder().decode(bytes);
    const end = isCut === true ? '\n[the rest of the file is left out]' : '';
    return { kind: 'text', text: `The file ${JSON.stringify(name)} (${mediaType}):\n\n${text}${end}` };
  }
  const url = `data:${mediaType};base64,${Buffer.from(bytes).toString('base64')}`;
  if (IMAGES.has(mediaType)) return { kind: 'image', url };
  if (mediaType.startsWith('image/')) return placeholder(file, 'images of this type cannot be shown to you');
  return { kind: 'file', name, url };
}

const placeholder = ({ name, mediaType, sizeBytes }: ProviderFile, why: string): QuestionPart => ({
  kind: 'text',
  text: `[The visitor attached ${JSON.stringify(name)} (${mediaType}, ${sizeBytes} bytes); ${why}.]`,
});
