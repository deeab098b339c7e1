/** Ids of files: minted here, and checked before they become part of a path. */
import type { RandomBytes } from '@rivulet/protocol';

/** 144 bits: a file's id alone opens nothing, but it should not be met by accident either. */
const ID_BYTES = 18;
const PATTERN = /^f_[A-Za-z0-9_-]{8,64}$/;

export const mintFileId = (random: RandomBytes): string =>
  `f_${Buffer.from(random(ID_BYTES)).toString('base64url')}`;

/** Whether it may be looked for: no separator, no dot, nothing that a path would understand. */
export const isFileId = (value: string): boolean => PATTERN.test(value);
