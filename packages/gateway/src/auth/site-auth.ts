/** Anonymous visitors and signed-in people on one gateway: each token is tried as what its type says. */
import { ChatError } from '@rivulet/protocol';
import { decodeProtectedHeader } from 'jose';
import type { Auth, Credentials } from './auth.ts';
import { VISITOR_TOKEN_TYPE } from './visitor-token-type.ts';

export interface SiteAuthOptions {
  /** Who comes without a token, or with one that this gateway minted. */
  anonymous: Auth;
  /** Who comes with a token of the site; undefined: the site signs nobody in. */
  usersOf: (siteId: string) => Auth | undefined;
}

/** @throws {ChatError} unauthenticated, forbidden: as the auth that the token's type names says */
export function createSiteAuth({ anonymous, usersOf }: SiteAuthOptions): Auth {
  return {
    async authenticate(credentials: Credentials) {
      const { siteId, token } = credentials;
      if (token === undefined || isVisitorToken(token)) return anonymous.authenticate(credentials);
      const users = usersOf(siteId);
      if (users === undefined) {
        throw new ChatError('unauthenticated', {
          message: 'The token is not valid, and this site takes no identity tokens; connect without it.',
        });
      }
      return users.authenticate(credentials);
    },
  };
}

/** Not verified here: whoever lies about the type is refused by the auth that it names. */
function isVisitorToken(token: string): boolean {
  try {
    return decodeProtectedHeader(token).typ === VISITOR_TOKEN_TYPE;
  } catch {
    return false; // not a JWT: whoever it is given to says so
  }
}
