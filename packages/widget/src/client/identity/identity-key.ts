/** Who speaks, as a name that tells no secret. */

/** Claims that differ between two tokens of one person, because each was made at another time. */
const TIME_CLAIMS = ['iat', 'exp', 'nbf', 'jti'];

/**
 * Names who a site's token speaks for, so that each tab may come with a fresh one. Not verified here: a forged token would
 * join a line of this very browser, whose storage its forger can read. The gateway judges the leader's. A hash, because a
 * name may be looked up and a secret must not; at 64 bits two persons of one browser do not meet.
 */
export function identityKeyOf(siteToken: string): string {
  return hash(claimsOf(siteToken) ?? siteToken);
}

function claimsOf(token: string): string | undefined {
  try {
    const payload = (token.split('.')[1] ?? '').replace(/-/g, '+').replace(/_/g, '/');
    const claims = JSON.parse(atob(payload)) as object; // anything else throws below, or is a name as good as another
    return JSON.stringify(Object.entries(claims).filter(([name]) => !TIME_CLAIMS.includes(name)));
  } catch {
    return undefined; // not a JWT: the token is the name
  }
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
