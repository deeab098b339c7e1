/** Cookies of the console: how they are read, and whether a browser may send them over https only. */
import type { Request } from 'express';

/** The value of a cookie; undefined without it. */
export function cookieOf({ headers }: Pick<Request, 'headers'>, wanted: string): string | undefined {
  for (const each of (headers.cookie ?? '').split(';')) {
    const at = each.indexOf('=');
    if (at !== -1 && each.slice(0, at).trim() === wanted) return each.slice(at + 1).trim();
  }
  return undefined;
}

const LOOPBACK_HOST = /^(localhost|[\w-]+\.localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?$/i;

/**
 * Whether the browser reaches the console over https. TLS ends at a proxy, so the gateway does not see it: with `adminUrl` it is known, and
 * without it the browser tells. Its own origin is in what a page changes; `Sec-Fetch-Site` is in everything, but browsers send
 * it over https only, and to the own machine.
 */
export function isOverHttps({ headers }: Pick<Request, 'headers'>, adminUrl: string | undefined): boolean {
  if (adminUrl !== undefined) return adminUrl.startsWith('https:');
  const origin = URL.parse(headers.origin ?? '');
  if (origin?.host === headers.host) return origin?.protocol === 'https:';
  return headers['sec-fetch-site'] !== undefined && !LOOPBACK_HOST.test(headers.host ?? '');
}
