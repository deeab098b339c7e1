/** Signed URLs that give access to one file for a limited time: an image on a page cannot send a token. */
import { createHmac, timingSafeEqual } from 'node:crypto';

/** Creates and verifies signed URLs. */
export interface FileLinks {
  /** A URL relative to the gateway's routes: `v1/files/f_…?expires=…&signature=…`. Times are milliseconds since 1970. */
  linkTo(id: string, nowMs: number): { url: string; expiresAtMs: number };
  /** Whether the query parameters are those of an unexpired URL for this file. */
  isValid(id: string, query: { expires: unknown; signature: unknown }, nowMs: number): boolean;
}

/** Long enough for a page that stays open for a working day. Until then, anybody with the URL can read the file. */
const LIFETIME_MS = 12 * 60 * 60_000;

/** @param secret the gateway's secret; the signing key is derived from it, so that other signatures with it are not valid here */
export function createFileLinks(secret: string): FileLinks {
  const key = createHmac('sha256', secret).update('rivulet file links').digest();
  const sign = (id: string, expires: string) =>
    createHmac('sha256', key).update(`${id} ${expires}`).digest('base64url');
  return {
    linkTo(id, nowMs) {
      const expiresAtMs = nowMs + LIFETIME_MS;
      const query = `expires=${expiresAtMs}&signature=${sign(id, `${expiresAtMs}`)}`;
      return { url: `v1/files/${id}?${query}`, expiresAtMs };
    },
    isValid(id, { expires, signature }, nowMs) {
      if (typeof expires !== 'string' || typeof signature !== 'string') return false;
      if (!/^\d{1,15}$/.test(expires) || Number(expires) < nowMs) return false;
      const [right, given] = [Buffer.from(sign(id, expires)), Buffer.from(signature)];
      return right.length === given.length && timingSafeEqual(right, given);
    },
  };
}
