/** Pure: which files may be attached, from the options of the site and the limits of the gateway. */
import type { ErrorCode } from '@rivulet/protocol';
import type { ChatSnapshot, FileLimits } from '../../../client/chat.ts';
import type { AttachmentOptions } from '../../../shell/options.ts';

/** Used until the gateway has announced its limits. */
const DEFAULT_ACCEPT = 'image/png,image/jpeg,image/gif,image/webp,application/pdf,text/plain';
const DEFAULT_MAX_BYTES = 10_000_000;
const DEFAULT_MAX_FILES = 5;

/** What may be attached to one message. */
export interface FileRules {
  /** In the syntax of the `accept` attribute of a file input. */
  accept: string;
  /** Maximum size of one file in bytes. */
  maxBytes: number;
  /** Maximum number of files in one message. */
  maxFiles: number;
  /** Media types that the gateway accepts. Undefined until it has announced them. */
  mediaTypes: FileLimits['mediaTypes'] | undefined;
}

/** Combines both, the stricter value winning. What the site leaves open is decided by the gateway. */
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

/**
 * Checks a file that would be added to `count` others.
 * @returns undefined if it may be attached; `busy` if there are too many files
 */
export function refusalFor(file: File, count: number, rules: FileRules): ErrorCode | undefined {
  if (count >= rules.maxFiles) return 'busy';
  const type = mediaTypeOf(file);
  const isWanted = textsFor(rules).some((word) => fits(word, type, file.name));
  if (!isWanted || rules.mediaTypes?.includes(type) === false) return 'unsupported';
  return file.size > rules.maxBytes ? 'too-large' : undefined;
}

/** Media type as declared to the gateway: never empty, and without parameters. */
export const mediaTypeOf = ({ type }: File): string =>
  type === '' ? 'application/octet-stream' : type.replace(/\s*;.*$/, '').toLowerCase();

/** Common names of the accepted types, such as `PDF`. */
export function typeNamesOf(rules: FileRules): string[] {
  const { mediaTypes = [] } = rules;
  const words = textsFor(rules).flatMap((word) => {
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

/** Name of a media type or of a file extension. */
const nameOf = (word: string): string =>
  NAMES[word] ??
  word
    .replace(/^(.*\/(x-)?|\.)/, '')
    .replace(/\+.*$/, '')
    .toUpperCase();

const textsFor = ({ accept }: FileRules): string[] =>
  accept.split(',').map((word) => word.trim().toLowerCase());

/** Whether the entry stands for more than one type. */
const isPattern = (word: string): boolean => word === '' || word.endsWith('*');

/** Whether a file matches one entry of `accept`: a media type, `image/*`, or a file extension. */
function fits(word: string, type: string, name = ''): boolean {
  if (word.startsWith('.')) return name.toLowerCase().endsWith(word);
  if (word.endsWith('/*')) return type.startsWith(word.slice(0, -1));
  return word === '' || word === '*' || word === type;
}
