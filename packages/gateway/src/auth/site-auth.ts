/** Auth for anonymous visitors and signed-in users of the same site: the type of the token decides. */
import { decodeProtectedHeader } from 'jose';
import { refusal } from '../base/index.ts';
import type { Auth, Credentials } from './auth.ts';
import { VISITOR_TOKEN_TYPE } from './visitor-token-type.ts';

/** Options of `createSiteAuth`. */
export interface SiteAuthOptions {
  /** For clients without a token, or with a visitor token. */
  anonymous: Auth;
  /** For clients with an identity token of the site; returns undefined for a site without sign-in. */
  usersOf: (siteId: string) => Auth | undefined;
}

/** Creates an auth that passes each token to the auth for its type. */
export function createSiteAuth({ anonymous, usersOf }: SiteAuthOptions): Auth {
  return {
    // Those of the sites are known to the caller, who gives them to `createGateway`.
    secrets: () => anonymous.secrets?.() ?? [],
    // That of visitors, which is at least 180 days; identity tokens live for a day at most, unless a site's auth is set otherwise.
    ...(anonymous.tokenLifetimeMs === undefined ? {} : { tokenLifetimeMs: anonymous.tokenLifetimeMs }),
    async authenticate(credentials: Credentials) {
      const { siteId, token } = credentials;
      if (token === undefined || isVisitorToken(token)) return anonymous.authenticate(credentials);
      const users = usersOf(siteId);
      if (users === undefined) {
        throw refusal('unauthenticated', 'token-not-taken', {
          message: 'The token is not valid, and this site takes no identity tokens; connect without it.',
        });
      }
      return users.authenticate(credentials);
    },
  };
}

/** Does not verify the token: one with a false type is refused by the auth that it is passed to. */
function isVisitorToken(token: string): boolean {
  try {
    return decodeProtectedHeader(token).typ === VISITOR_TOKEN_TYPE;
  } catch {
    return false; // not a JWT: the auth for users refuses it
  }
}
