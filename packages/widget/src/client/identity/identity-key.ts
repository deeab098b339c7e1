/** Derives a key that names an identity without revealing its token. */
import { claimsOf } from './jwt-claims.ts';

/** Claims that differ between two tokens of the same user, because each token was issued at another time. */
const TIME_CLAIMS = ['iat', 'exp', 'nbf', 'jti'];

/**
 * Returns the same key for every token of one user, so that each tab may use a fresh token and still share the connection of
 * that user's tabs. The key is a hash, because it becomes part of lock and channel names, where a secret must not appear; with
 * 64 bits, two users of one browser do not collide. The token is not verified: a forged one could only share a connection
 * within this browser, whose storage the forger can read anyway. The gateway verifies the token of the leader tab.
 */
export function identityKeyOf(siteToken: string): string {
  const claims = claimsOf(siteToken);
  if (claims === undefined) return hash(siteToken);
  return hash(JSON.stringify(Object.entries(claims).filter(([name]) => !TIME_CLAIMS.includes(name))));
}

/** Two 32-bit FNV-1a hashes with different constants. */
function hash(text: string): string {
  let [one, other] = [0x811c9dc5, 0x41c6ce57];
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    one = Math.imul(one ^ unit, 0x01000193);
    other = Math.imul(other ^ unit, 0x9e3779b1);
  }
  return `${one}${other}`;
}
