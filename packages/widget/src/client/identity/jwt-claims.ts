/** Reads the claims of a JSON Web Token in the page, where its signature cannot be checked. */

/**
 * The claims of a JWT. The signature is not verified: use them for names and timers, never for a decision about access. The
 * gateway verifies.
 * @returns undefined when `token` is not a JWT
 */
export function claimsOf(token: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const payload = (token.split('.')[1] ?? '').replace(/-/g, '+').replace(/_/g, '/');
    const claims: unknown = JSON.parse(atob(payload));
    return claims instanceof Object ? (claims as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
