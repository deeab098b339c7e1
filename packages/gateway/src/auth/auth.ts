/** SEAM: who speaks. */

/** Who speaks, after auth. */
export interface Principal {
  /** Stable for one visitor of one site. */
  id: string;
  kind: 'anonymous' | 'user';
  siteId: string;
  /** When the token that proved it ends; absent: it does not. */
  expiresAtMs?: number;
}

export interface Credentials {
  siteId: string;
  /** Absent on a visitor's first hello. */
  token?: string;
}

export interface Authenticated {
  principal: Principal;
  /** A token that was minted for the visitor just now, to be sent with the next hello. */
  mintedToken?: string;
}

export interface Auth {
  /** @throws {ChatError} unauthenticated, forbidden */
  authenticate(credentials: Credentials): Promise<Authenticated>;
}
