/** Reads the URL of Redis: what the client gets, and how errors name the server. */
import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from 'node:tls';
import { EventLogError } from './event-log-error.ts';

/** A server of Redis, or a cluster. */
export interface RedisTarget {
  /** What the client gets: without the settings of TLS. It contains the password. */
  url: string;
  /** `cache.example:6379`, the path of a unix socket, or the nodes of a cluster that the URL names. */
  server: string;
  /** How TLS is used; undefined without TLS. */
  tls: ConnectionOptions | undefined;
  /** The nodes of a cluster that the client asks for the others; undefined for one server. */
  cluster: RedisClusterTarget | undefined;
}

/** A Redis Cluster. */
export interface RedisClusterTarget {
  nodes: readonly RedisNodeAddress[];
  /** Those of every node; without its escapes. */
  username: string | undefined;
  password: string | undefined;
}

/** Where one node of a cluster listens. */
export interface RedisNodeAddress {
  host: string;
  port: number;
}

const SSL_MODES = ['disable', 'require', 'verify-full', 'no-verify'];
const DEFAULT_PORT = '6379';
/** TLS or not, the login with its @, the nodes, and the rest. No standard parser reads several hosts. */
const CLUSTER_URL = /^(rediss?)\+cluster:\/\/(?:([^@/?#]*)@)?([^@/?#]*)([/?#].*)?$/is;

/** @throws {EventLogError} `invalid-url`, which does not repeat the URL */
export function readRedisTarget(text: string): RedisTarget {
  if (text.startsWith('/')) {
    const server = `the socket ${text.replace(/\?.*/s, '')}`;
    return { url: text, server, tls: undefined, cluster: undefined };
  }
  if (isClusterUrl(text)) return readClusterTarget(text);
  const url = parse(text);
  if (!['redis:', 'rediss:'].includes(url.protocol))
    throw invalid('it does not begin with redis://, rediss://, redis+cluster:// or the path of a socket');
  const tls = takeTls(url);
  return { url: url.href, server: nameOf(url), tls, cluster: undefined };
}

/** Whether a URL is that of a cluster. */
export const isClusterUrl = (text: string): boolean => /^rediss?\+cluster:/i.test(text);

/** The login of a URL for Redis: a cluster's has several hosts, which `URL` does not read. @returns null when it is not a URL */
export function readRedisLogin(text: string): URL | null {
  const [, scheme = '', login = ''] = CLUSTER_URL.exec(text) ?? [];
  return URL.parse(scheme === '' ? text : `${scheme}://${login}@localhost`);
}

function readClusterTarget(text: string): RedisTarget {
  const [, scheme = '', login, hosts = '', rest = ''] = CLUSTER_URL.exec(text) ?? [];
  const names = hosts.split(',');
  if (names.some((name) => name === ''))
    throw invalid('it names no node of the cluster, or an empty one; separate them by commas');
  const urls = names.map((name) =>
    parse(`${scheme}://${login === undefined ? '' : `${login}@`}${name}${rest}`),
  );
  const [url = parse('')] = urls;
  if (!['', '/', '/0'].includes(url.pathname)) throw invalid('a cluster has only the database 0');
  return {
    url: text,
    server: urls.map(nameOf).join(','),
    tls: takeTls(url),
    cluster: {
      nodes: urls.map(addressOf),
      username: url.username === '' ? undefined : decodeURIComponent(url.username),
      password: url.password === '' ? undefined : decodeURIComponent(url.password),
    },
  };
}

function parse(text: string): URL {
  const url = URL.parse(text);
  if (url === null)
    throw invalid(
      'it is not a URL; percent-encode special characters of the password, such as # as %23 and / as %2F',
    );
  return url;
}

/** Removes the settings of TLS, which the client does not know. */
function takeTls(url: URL): ConnectionOptions | undefined {
  const mode = take(url, 'sslmode');
  const caFile = take(url, 'sslrootcert');
  if (mode !== null && !SSL_MODES.includes(mode)) throw invalid(`sslmode is none of ${SSL_MODES.join(', ')}`);
  const hasTls = url.protocol === 'rediss:' || (mode !== null && mode !== 'disable');
  if (!hasTls) return undefined;
  return { rejectUnauthorized: mode !== 'no-verify', ...(caFile === null ? {} : { ca: read(caFile) }) };
}

/** Removes a setting that the client does not know. */
function take({ searchParams }: URL, name: string): string | null {
  const value = searchParams.get(name);
  searchParams.delete(name);
  return value;
}

const portOf = ({ port }: URL): string => (port === '' ? DEFAULT_PORT : port);
const nameOf = (url: URL): string => `${url.hostname === '' ? 'localhost' : url.hostname}:${portOf(url)}`;
/** Without the brackets of an IPv6 address, which only a URL has. */
const addressOf = (url: URL): RedisNodeAddress => ({
  host: url.hostname.replace(/^\[|\]$/g, ''),
  port: Number(portOf(url)),
});

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
    `The Redis URL cannot be used: ${problem}. Expected redis://user:password@host:6379, or redis+cluster://user:password@host1:6379,host2:6379 for a cluster; with TLS, rediss instead of redis.`,
  );
