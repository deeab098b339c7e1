/** Fetches documents politely: within bounds of size and time, and not from addresses that are not on the internet. */
import { Agent, request, type Dispatcher } from 'undici';
import type { Clock } from '../base/index.ts';
import { checkHost, lookupPublic, PrivateAddressError } from '../base/private-addresses.ts';
import type { RawDocument } from './read-document.ts';

/** The name under which robots.txt may have rules. */
export const USER_AGENT = 'rivulet-ingest';

/** What came of a request. */
export type Fetched =
  | ({ kind: 'document'; etag: string; lastModified: string } & RawDocument)
  | { kind: 'unchanged' }
  /** It does not exist (any more). */
  | { kind: 'gone' }
  | { kind: 'failed'; problem: string };

/** What is asked for. */
export interface FetchOptions {
  /** Of the version that is known; empty: none is. */
  etag?: string;
  lastModified?: string;
  /** Whether a redirect may lead there. */
  isAllowed: (url: URL) => boolean;
  signal: AbortSignal;
}

/** Fetches documents. */
export interface Fetcher {
  /** Rejects only with the reason of the signal. */
  fetch(url: URL, options: FetchOptions): Promise<Fetched>;
  /** Ends all connections. */
  close(): void;
}

const TIMEOUT_MS = 30_000;
/** A larger page is no page. A manual in PDF may be large. */
const MAX_BYTES = 16 * 1024 * 1024;
const MAX_REDIRECTS = 5;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const GONE = new Set([404, 410]);

/** Creates a fetcher. @param options.allowPrivate whether addresses that are not on the internet are fetched, too */
export function createFetcher({ clock, allowPrivate }: { clock: Clock; allowPrivate: boolean }): Fetcher {
  const times = { headersTimeout: 0, bodyTimeout: 0 }; // the clock ends a request
  const agent = new Agent(allowPrivate ? times : { ...times, connect: { lookup: lookupPublic } });
  return {
    async fetch(url, options) {
      const timeout = new AbortController();
      const timer = clock.after(TIMEOUT_MS, () => {
        timeout.abort();
      });
      const signal = AbortSignal.any([options.signal, timeout.signal]);
      try {
        return await followed(url, { ...options, signal }, { agent, allowPrivate });
      } catch (error) {
        options.signal.throwIfAborted();
        return {
          kind: 'failed',
          problem: timeout.signal.aborted
            ? `It has not answered within ${TIMEOUT_MS / 1000} s.`
            : problemOf(error),
        };
      } finally {
        timer.cancel();
      }
    },
    close() {
      void agent.destroy();
    },
  };
}

interface Connection {
  agent: Agent;
  allowPrivate: boolean;
}

async function followed(first: URL, options: FetchOptions, connection: Connection): Promise<Fetched> {
  let url = first;
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
    if (!connection.allowPrivate) checkHost(url);
    const response = await request(url, {
      dispatcher: connection.agent,
      signal: options.signal,
      headers: headersOf(options),
    });
    const { statusCode } = response;
    if (statusCode === 200) return await read(url, response);
    await response.body.dump({ limit: 16 * 1024 }).catch(() => undefined);
    if (statusCode === 304) return { kind: 'unchanged' };
    if (GONE.has(statusCode)) return { kind: 'gone' };
    if (!REDIRECTS.has(statusCode))
      return { kind: 'failed', problem: `It answers with status ${statusCode}.` };
    const next = URL.parse(String(response.headers.location ?? ''), url.href);
    if (next === null || !/^https?:$/.test(next.protocol) || !options.isAllowed(next))
      return { kind: 'failed', problem: 'It leads to an address that is not read.' };
    next.hash = '';
    url = next;
  }
  return { kind: 'failed', problem: `It leads on more than ${MAX_REDIRECTS} times.` };
}

const headersOf = ({ etag = '', lastModified = '' }: FetchOptions): Record<string, string> => ({
  'user-agent': USER_AGENT,
  accept: 'text/html, text/markdown, application/pdf, application/xml, text/plain;q=0.9, */*;q=0.1',
  ...(etag === '' ? {} : { 'if-none-match': etag }),
  ...(lastModified === '' ? {} : { 'if-modified-since': lastModified }),
});

async function read(url: URL, { headers, body }: Dispatcher.ResponseData): Promise<Fetched> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BYTES) {
      body.destroy();
      return { kind: 'failed', problem: `It is larger than ${MAX_BYTES / 1024 / 1024} MiB.` };
    }
    chunks.push(chunk);
  }
  const [mediaType = '', ...parameters] = String(headers['content-type'] ?? '').split(';');
  const charset =
    parameters.map((each) => /^\s*charset="?([\w-]+)/i.exec(each)?.[1]).find((each) => each) ?? '';
  return {
    kind: 'document',
    url: url.href,
    mediaType: mediaType.trim().toLowerCase(),
    charset,
    content: Buffer.concat(chunks),
    etag: String(headers.etag ?? ''),
    lastModified: String(headers['last-modified'] ?? ''),
  };
}

function problemOf(error: unknown): string {
  if (error instanceof PrivateAddressError) return error.message;
  const { cause, code } = error as { cause?: unknown; code?: unknown }; // whatever was thrown
  if (cause instanceof PrivateAddressError) return cause.message;
  return typeof code === 'string' ? `It cannot be reached (${code}).` : 'It cannot be reached.';
}
