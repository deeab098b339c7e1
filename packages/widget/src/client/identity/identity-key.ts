/** Derives a key that names an identity without revealing its token. */
import { claimsOf } from './jwt-claims.ts';

/** Claims that differ between two tokens of one person, because each was made at another time. */
const TIME_CLAIMS = ['iat', 'exp', 'nbf', 'jti'];

/**
 * Names who a site's token speaks for, so that each tab may come with a fresh one. Not verified here: a forged token would
 * join a line of this very browser, whose storage its forger can read. The gateway judges the leader's. A hash, because a
 * name may be looked up and a secret must not; at 64 bits two persons of one browser do not meet.
 */
export function identityKeyOf(siteToken: string): string {
  const claims = claimsOf(siteToken);
  if (claims === undefined) return hash(siteToken);
  return hash(JSON.stringify(Object.entries(claims).filter(([name]) => !TIME_CLAIMS.includes(name))));
}

/** FNV-1a twice, with other numbers. */
function hash(text: string): string {
  let [one, other] = [0x811c9dc5, 0x41c6ce57];
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    one = Math.imul(one ^ unit, 0x01000193);
    other = Math.imul(other ^ unit, 0x9e3779b1);
  }
  return `${one}${other}`;
}
