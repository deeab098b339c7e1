/** The interface of an auth: it establishes the identity behind a token. */

/** An authenticated identity. */
export interface Principal {
  /** Unique within the site, and stable for one visitor or user. */
  id: string;
  /** `anonymous`: a visitor whom the gateway knows by its own token. `user`: signed in by the site. */
  kind: 'anonymous' | 'user';
  siteId: string;
  /** When the token expires, in milliseconds since 1970; absent: never. */
  expiresAtMs?: number;
}

/** What a client presents with its hello. */
export interface Credentials {
  siteId: string;
  /** Absent on the first hello of an anonymous visitor. */
  token?: string;
}

/** What tells a token from the others of its owner, for revocation. */
export interface TokenFacts {
  /** Its `jti`. */
  id?: string;
  /** When it was issued, in milliseconds since 1970. */
  issuedAtMs?: number;
}

/** The result of a successful authentication. */
export interface Authenticated {
  principal: Principal;
  /** A newly minted visitor token, which the client sends with its next hello. */
  mintedToken?: string;
  /**
   * The tokens that the client has now: the presented one, and the minted one. Absent: nothing is known of them, and each counts as issued
   * before any revocation of its owner.
   */
  tokens?: readonly TokenFacts[];
}

/** A way to authenticate the clients of a site. */
export interface Auth {
  /** The longest lifetime of its tokens, in milliseconds: how long a revocation is kept. Default: 180 days. */
  readonly tokenLifetimeMs?: number;
  /**
   * Verifies the credentials.
   * @throws {ChatError} `unauthenticated` when the token is missing, expired or not valid; `forbidden` when it is for another
   *   site; `internal` when it cannot be verified now.
   */
  authenticate(credentials: Credentials): Promise<Authenticated>;
  /** What no answer may show: the secrets that sign or verify tokens. Default: nothing. */
  secrets?(): readonly string[];
}
