/** Which files may be sent: what the site wants of what the gateway takes. Pure. */
import type { ErrorCode } from '@rivulet/protocol';
import type { ChatSnapshot, FileLimits } from '../../../client/chat.ts';
import type { AttachmentOptions } from '../../../shell/options.ts';

/** Until the gateway has said more. */
const DEFAULT_ACCEPT = 'image/png,image/jpeg,image/gif,image/webp,application/pdf,text/plain';
const DEFAULT_MAX_BYTES = 10_000_000;
const DEFAULT_MAX_FILES = 5;

export interface FileRules {
  /** As the `accept` of a file input. */
  accept: string;
  maxBytes: number;
  maxFiles: number;
  /** The gateway's; undefined: not known yet, it will say. */
  mediaTypes: FileLimits['mediaTypes'] | undefined;
}

/** The stricter of both in each; what the site leaves open is the gateway's to say. */
export function rulesOf(
  { accept, maxBytes, maxFiles }: AttachmentOptions = {},
  files?: ChatSnapshot['files'],
): FileRules {
  const { maxBytes: limit, mediaTypes }: Partial<FileLimits> = files === null ? NOTHING : (files ?? {});
  return {
    accept: accept ?? mediaTypes?.join(',') ?? DEFAULT_ACCEPT,
    maxBytes: Math.min(maxBytes ?? limit ?? DEFAULT_MAX_BYTES, limit ?? Infinity),
    maxFiles: maxFiles ?? DEFAULT_MAX_FILES,
    mediaTypes,
  };
}

const NOTHING: FileLimits = { maxBytes: 0, mediaTypes: [] };

/** @returns undefined: it may be sent beside `count` others; `busy`: there are too many */
export function refusalFor(file: File, count: number, rules: FileRules): ErrorCode | undefined {
  if (count >= rules.maxFiles) return 'busy';
  const type = mediaTypeOf(file);
  const isWanted = wordsOf(rules).some((word) => fits(word, type, file.name));
  if (!isWanted || rules.mediaTypes?.includes(type) === false) return 'unsupported';
  return file.size > rules.maxBytes ? 'too-large' : undefined;
}

/** As it is declared to the gateway: never without a type, nor with a parameter. */
export const mediaTypeOf = ({ type }: File): string =>
  type === '' ? 'application/octet-stream' : type.replace(/\s*;.*$/, '').toLowerCase();

/** Those that may be sent, as people call them: `PDF`. */
export function typeNamesOf(rules: FileRules): string[] {
  const { mediaTypes = [] } = rules;
  const words = wordsOf(rules).flatMap((word) => {
    if (isPattern(word)) return mediaTypes.filter((type) => fits(word, type));
    return word.startsWith('.') || rules.mediaTypes?.includes(word) !== false ? [word] : [];
  });
  return [...new Set(words.map(nameOf))];
}

const OFFICE = 'application/vnd.openxmlformats-officedocument.';
const NAMES: Readonly<Record<string, string>> = {
  'text/plain': 'TXT',
  'text/markdown': 'MD',
  'image/webp': 'WebP',
  'application/msword': 'DOC',
  [`${OFFICE}wordprocessingml.document`]: 'DOCX',
  [`${OFFICE}spreadsheetml.sheet`]: 'XLSX',
  [`${OFFICE}presentationml.presentation`]: 'PPTX',
};

/** Of a type, or of an ending. */
const nameOf = (word: string): string =>
  NAMES[word] ??
  word
    .replace(/^(.*\/(x-)?|\.)/, '')
    .replace(/\+.*$/, '')
    .toUpperCase();

const wordsOf = ({ accept }: FileRules): string[] =>
  accept.split(',').map((word) => word.trim().toLowerCase());

/** It stands for more than one type. */
const isPattern = (word: string): boolean => word === '' || word.endsWith('*');

/** As the `accept` of a file input: types, `image/*`, or endings. */
function fits(word: string, type: string, name = ''): boolean {
  if (word.startsWith('.')) return name.toLowerCase().endsWith(word);
  if (word.endsWith('/*')) return type.startsWith(word.slice(0, -1));
  return word === '' || word === '*' || word === type;
}
