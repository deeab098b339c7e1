/** The source of randomness for ids and tokens. */
import { randomBytes as nodeRandomBytes } from 'node:crypto';
import type { RandomBytes } from '@rivulet/protocol';

/** Cryptographically secure random bytes. */
export const randomBytes: RandomBytes = (length) => nodeRandomBytes(length);
