/** Addresses that open one file for a while: for an image on a page, which cannot send a token. */
import { createHmac, timingSafeEqual } from 'node:crypto';

export interface FileLinks {
  /** Relative to where the gateway's routes are: `v1/files/f_…?expires=…&signature=…`. */
  linkTo(id: string, nowMs: number): { url: string; expiresAtMs: number };
  /** Whether `expires` and `signature` are of such an address, and its time is not over. */
  isValid(id: string, query: { expires: unknown; signature: unknown }, nowMs: number): boolean;
}

/** Long enough for a page that stays open over a working day; the address alone opens the file until then. */
const LIFETIME_MS = 12 * 60 * 60_000;

/** @param secret that of the gateway; the key is derived from it, so that no other signature of the same secret fits. */
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
