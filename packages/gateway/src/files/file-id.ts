/** The ids of files, which become parts of paths. */
import type { RandomBytes } from '@rivulet/protocol';

/** 144 bits, so that ids are not drawn twice. An id alone does not give access to its file. */
const ID_BYTES = 18;
const PATTERN = /^f_[A-Za-z0-9_-]{8,64}$/;

/** Mints an id: `f_` and 24 characters of base64url. */
export const mintFileId = (random: RandomBytes): string =>
  `f_${Buffer.from(random(ID_BYTES)).toString('base64url')}`;

/** Whether a text is a file id and therefore safe in a path: it holds neither separators nor dots. */
export const isFileId = (value: string): boolean => PATTERN.test(value);
