/** The origins that a site allows: patterns are read once and say what is wrong with them; requests are compared with them. */
import type { TraceContext } from '../telemetry/trace-context.ts';

/** Where a request comes from. */
export interface RequestOrigin {
  /** The `Origin` header; undefined when the client is not a browser. */
  origin: string | undefined;
  /** The `Host` header. */
  host: string | undefined;
  /** The address of the client, as limits count it; absent when it is not limited by its address. */
  address?: string;
  /** The trace of the request that opened the connection, if it is one of a server and names one. */
  traceContext?: TraceContext | undefined;
}

/** A pattern that was read. */
export type OriginPattern =
  | { kind: '*' }
  | { kind: 'self' }
  | { kind: 'localhost' }
  /** Also `null`, the origin of files and of sandboxed frames. */
  | { kind: 'exact'; origin: string }
  /** Any one label between the two: `https://` and `.example.com`. */
  | { kind: 'wildcard'; before: string; after: string };

const KEYWORDS = ['*', 'self', 'localhost'] as const;
const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);
/** Pages never have these as the scheme of their origin. */
const NOT_OF_PAGES = new Set(['ws', 'wss', 'ftp', 'ftps', 'data', 'blob', 'about', 'javascript', 'mailto']);
const isWeb = (scheme: string) => scheme === 'https' || scheme === 'http';

const EXPECTED =
  'expected an origin such as https://shop.example or capacitor://localhost, or self, localhost, null, *';
const NO_SCHEME =
  'expected an origin with its scheme, such as https://shop.example, or self, localhost, null, *';
const WRONG_SCHEME =
  'expected the origin of a page: it begins with https://, http:// or the scheme of an app';
const PLACE_OF_WILDCARD =
  'expected * only as the whole first label before a domain, as in https://*.shop.example, or alone for any origin';

/** Reads an entry of `origins`. @returns the pattern, or what was expected instead of an entry that could never match */
export function readOriginPattern(text: string): OriginPattern | { kind: 'problem'; problem: string } {
  const keyword = KEYWORDS.find((each) => each === text);
  if (keyword !== undefined) return { kind: keyword };
  if (text === 'null') return { kind: 'exact', origin: text };
  const [, scheme = '', rest = ''] = /^([^:/]*):\/\/(.*)$/s.exec(text.toLowerCase()) ?? [];
  const problem = problemOf(scheme, rest);
  if (problem !== undefined) return { kind: 'problem', problem };
  if (!rest.includes('*')) {
    const origin = normalised(text);
    return origin === undefined ? { kind: 'problem', problem: EXPECTED } : { kind: 'exact', origin };
  }
  const after = afterWildcard(scheme, rest);
  if (after === undefined) return { kind: 'problem', problem: PLACE_OF_WILDCARD };
  return { kind: 'wildcard', before: `${scheme}://`, after };
}

function problemOf(scheme: string, rest: string): string | undefined {
  if (scheme === '') return NO_SCHEME;
  if (scheme.includes('*')) return PLACE_OF_WILDCARD;
  if (NOT_OF_PAGES.has(scheme)) return WRONG_SCHEME;
  if (/^[^/?#]+\/$/.test(rest)) return 'expected an origin without the slash at its end';
  if (/[/?#]/.test(rest)) return 'expected an origin without a path';
  if (rest.includes('@')) return 'expected an origin without a user';
  return undefined;
}

/** @returns what follows the wildcard, normalised; undefined when it is not in its place */
function afterWildcard(scheme: string, rest: string): string | undefined {
  // The host of an extension may be different in each browser: moz-extension://*.
  if (rest === '*' && !isWeb(scheme)) return '';
  if (!/^\*\.[^*]+$/.test(rest)) return undefined;
  const domain = rest.slice(2).replace(/:\d*$/, '');
  if (!domain.includes('.') && domain !== 'localhost') return undefined;
  return normalised(`${scheme}://${LABEL}${rest.slice(1)}`)?.slice(`${scheme}://${LABEL}`.length);
}
const LABEL = 'label';

/**
 * Writes an origin in one way: lower case, without the default port of its scheme, an international name as browsers send it.
 * @returns undefined when it is not an origin
 */
function normalised(origin: string): string | undefined {
  if (/^https?:/i.test(origin)) return URL.parse(origin)?.origin;
  const text = origin.toLowerCase();
  // The scheme of an app has no default port, and URL knows no origin of it. Only a file has no host.
  const isOfApp = /^[a-z][a-z0-9+.-]*:\/\/[a-z0-9._~-]+(:\d+)?$/.test(text);
  return isOfApp || text === 'file://' || text === 'null' ? text : undefined;
}

/** Whether one of the patterns allows the request. A request without an `Origin` header is not from a browser. */
export function allowsOrigin(patterns: readonly OriginPattern[], { origin, host }: RequestOrigin): boolean {
  // A browser always sends the header. Other clients are authorised by their token alone; there are no cookies to abuse.
  if (origin === undefined) return true;
  const from = normalised(origin);
  return patterns.some((pattern) => {
    if (pattern.kind === '*') return true;
    if (from === undefined) return false;
    if (pattern.kind === 'self') return isSameHost(from, host);
    if (pattern.kind === 'localhost') return LOOPBACK.has(URL.parse(from)?.hostname ?? '');
    if (pattern.kind === 'exact') return pattern.origin === from;
    return matches(pattern, from);
  });
}

function matches({ before, after }: { before: string; after: string }, origin: string): boolean {
  if (!origin.startsWith(before) || !origin.endsWith(after)) return false;
  const label = origin.slice(before.length, origin.length - after.length);
  return after === '' ? label !== '' : /^[^.:]+$/.test(label);
}

/**
 * The scheme is not compared, because TLS may end at a proxy in front. The proxy may also put the default port into the `Host`
 * header, its own (80) or that of the page (443).
 */
function isSameHost(origin: string, host = ''): boolean {
  const own = URL.parse(origin)?.host;
  const sent = host.toLowerCase();
  return own === sent || own === sent.replace(/:(80|443)$/, '');
}
