/** The settings of the users of the console, and which of them a token belongs to. */
import { createHash, timingSafeEqual } from 'node:crypto';
import * as v from 'valibot';
import { CONSOLE_ROLES, type ConsoleTokenUser } from '../access/console-roles.ts';

/** The SHA-256 of a text, in hex. */
export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

const NAME = 'expected a name of 1 to 64 letters, digits and . _ - @';
const HASH = 'expected the SHA-256 of a token in hex, 64 digits';
const ROLE = `expected one of ${CONSOLE_ROLES.join(', ')}`;
const SHOWN = 'expected a name of 1 to 100 characters';
const PICTURE = 'expected an https URL, or a path that begins with /';
const SITES = 'expected a list of at least one id of a site';

const UserSchema = v.strictObject({
  name: v.pipe(v.string(NAME), v.regex(/^[\w.@-]{1,64}$/, NAME)),
  role: v.picklist(CONSOLE_ROLES, ROLE),
  /** A hash is enough, because the token is random: nobody can try all of them. */
  tokenHash: v.pipe(v.string(HASH), v.regex(/^[0-9a-f]{64}$/i, HASH), v.toLowerCase()),
  displayName: v.optional(v.pipe(v.string(SHOWN), v.minLength(1, SHOWN), v.maxLength(100, SHOWN))),
  pictureUrl: v.optional(
    v.pipe(v.string(PICTURE), v.maxLength(2_048, PICTURE), v.regex(/^(https:\/\/|\/(?!\/))/, PICTURE)),
  ),
  sites: v.optional(v.pipe(v.array(v.string(SITES), SITES), v.minLength(1, SITES))),
});

const areDistinct = (values: readonly string[]): boolean => new Set(values).size === values.length;

/** The users of the console; none: there is no console. */
export const ConsoleUsersSchema = v.pipe(
  v.array(UserSchema, 'expected a list of users'),
  v.check((users) => areDistinct(users.map(({ name }) => name)), 'expected a different name for each user'),
  v.check(
    (users) => areDistinct(users.map(({ tokenHash }) => tokenHash)),
    'expected a different token for each user',
  ),
);

/** The user of a token; undefined when it is nobody's. Hashes are compared in constant time. */
export function userOfToken(users: readonly ConsoleTokenUser[], token: string): ConsoleTokenUser | undefined {
  const digest = Buffer.from(sha256(token), 'hex');
  return users.find(({ tokenHash }) => timingSafeEqual(Buffer.from(tokenHash, 'hex'), digest));
}

/** Names a token without saying it: the hash of its hash. */
export const tokenIdOf = ({ tokenHash }: Pick<ConsoleTokenUser, 'tokenHash'>): string =>
  sha256(tokenHash.toLowerCase()).slice(0, 16);
