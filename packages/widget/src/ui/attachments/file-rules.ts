/** Which files a site takes. Pure. */
import type { ErrorCode } from '@rivulet/protocol';
import type { AttachmentOptions } from '../../shell/options.ts';

const DEFAULT_ACCEPT = 'image/png,image/jpeg,image/gif,image/webp,application/pdf,text/plain';

export type FileRules = Required<Omit<AttachmentOptions, 'isEnabled'>>;

export const rulesOf = ({ accept, maxBytes, maxFiles }: AttachmentOptions = {}): FileRules => ({
  accept: accept ?? DEFAULT_ACCEPT,
  maxBytes: maxBytes ?? 10_000_000,
  maxFiles: maxFiles ?? 5,
});

/** @returns undefined: it may be sent beside `count` others; `busy`: there are too many */
export function refusalFor(file: File, count: number, rules: FileRules): ErrorCode | undefined {
  if (count >= rules.maxFiles) return 'busy';
  if (!isAccepted(file, rules.accept)) return 'unsupported';
  return file.size > rules.maxBytes ? 'too-large' : undefined;
}

/** As the `accept` of a file input: types, `image/*`, or endings. */
function isAccepted({ name, type }: File, accept: string): boolean {
  const words = accept.split(',').map((word) => word.trim().toLowerCase());
  return words.some((word) => {
    if (word.startsWith('.')) return name.toLowerCase().endsWith(word);
    if (word.endsWith('/*')) return type.startsWith(word.slice(0, -1));
    return word === '' || word === '*' || word === type;
  });
}
