/** Reads the URL of Redis: what the client gets, and how errors name the server. */
import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from 'node:tls';
import { EventLogError } from './event-log-error.ts';

/** A server of Redis. */
export interface RedisTarget {
  /** What the client gets: without the settings of TLS. It contains the password. */
  url: string;
  /** `cache.example:6379`, or the path of a unix socket. */
  server: string;
  /** How TLS is used; undefined without TLS. */
  tls: ConnectionOptions | undefined;
}

const SSL_MODES = ['disable', 'require', 'verify-full', 'no-verify'];
const DEFAULT_PORT = '6379';

/** @throws {EventLogError} `invalid-url`, which does not repeat the URL */
export function readRedisTarget(text: string): RedisTarget {
  if (text.startsWith('/'))
    return { url: text, server: `the socket ${text.replace(/\?.*/s, '')}`, tls: undefined };
  const url = URL.parse(text);
  if (url === null)
    throw invalid(
      'it is not a URL; percent-encode special characters of the password, such as # as %23 and / as %2F',
    );
  if (!['redis:', 'rediss:'].includes(url.protocol))
    throw invalid('it does not begin with redis://, rediss:// or the path of a socket');
  const mode = take(url, 'sslmode');
  const caFile = take(url, 'sslrootcert');
  if (mode !== null && !SSL_MODES.includes(mode)) throw invalid(`sslmode is none of ${SSL_MODES.join(', ')}`);
  const hasTls = url.protocol === 'rediss:' || (mode !== null && mode !== 'disable');
  return {
    url: url.href,
    server: `${url.hostname === '' ? 'localhost' : url.hostname}:${url.port === '' ? DEFAULT_PORT : url.port}`,
    tls: hasTls
      ? { rejectUnauthorized: mode !== 'no-verify', ...(caFile === null ? {} : { ca: read(caFile) }) }
      : undefined,
  };
}

/** Removes a setting that the client does not know. */
function take({ searchParams }: URL, name: string): string | null {
  const value = searchParams.get(name);
  searchParams.delete(name);
  return value;
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw invalid(`its sslrootcert names the file ${file}, which cannot be read (${code})`);
  }
}

const invalid = (problem: string): EventLogError =>
  new EventLogError(
    'invalid-url',
    `The Redis URL cannot be used: ${problem}. Expected redis://user:password@host:6379, or rediss:// for TLS.`,
  );
