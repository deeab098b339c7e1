/** Cryptographic random bytes, as the protocol's minting wants them. */
import { randomBytes as nodeRandomBytes } from 'node:crypto';
import type { RandomBytes } from '@rivulet/protocol';

export const randomBytes: RandomBytes = (length) => nodeRandomBytes(length);
