/** Reads the connection string of Postgres: what the driver gets, and how errors name the server. */
import { accessSync, constants } from 'node:fs';
import { StoreError } from './store-error.ts';

/** A server of Postgres and a database on it. */
export interface PostgresTarget {
  /** What the driver gets. It contains the password. */
  connectionString: string;
  /** `db.example:5432`, or the folder of a unix socket. */
  server: string;
  /** The name of the database; that of the user when the URL has none. */
  database: string;
  /** The name of the user; empty when the URL has none. */
  user: string;
}

const SSL_MODES = ['disable', 'prefer', 'require', 'verify-ca', 'verify-full', 'no-verify'];
/** The driver treats these as verify-full and warns about it on standard error. It never connects without TLS for `prefer`. */
const AS_VERIFY_FULL = ['prefer', 'require', 'verify-ca'];
/** What psql takes for the authorities that the system knows. Node knows them without a setting. */
const SYSTEM_CAS = 'system';
const DEFAULT_PORT = '5432';

/** @throws {StoreError} `invalid-url`, which does not repeat the connection string */
export function readTarget(connectionString: string): PostgresTarget {
  const url = parse(connectionString);
  const settings = url.searchParams;
  const mode = settings.get('sslmode');
  if (mode !== null && !SSL_MODES.includes(mode)) throw invalid(`sslmode is none of ${SSL_MODES.join(', ')}`);
  for (const name of ['sslrootcert', 'sslcert', 'sslkey']) {
    const file = settings.get(name);
    if (file !== null && file !== SYSTEM_CAS) checkFile(name, file);
  }
  const user = decode(settings.get('user') ?? url.username);
  const host = settings.get('host') ?? (url.hostname === NO_HOST ? 'localhost' : decode(url.hostname));
  const port = settings.get('port') ?? (url.port === '' ? DEFAULT_PORT : url.port);
  return {
    connectionString: forDriver(connectionString, settings),
    server: host.startsWith('/') ? `the socket in ${host}` : `${host}:${port}`,
    database: decode(url.pathname.slice(1)) || user,
    user,
  };
}

/** A placeholder for the host of `postgres://user@/database?host=/folder`, which is not a URL without one. */
const NO_HOST = 'no-host.invalid';

function parse(connectionString: string): URL {
  // The driver also takes `/folder database`.
  const [folder = '', name = ''] = connectionString.split(' ');
  if (folder.startsWith('/'))
    return new URL(`postgres://${NO_HOST}/${name}?host=${encodeURIComponent(folder)}`);
  const url = URL.parse(connectionString) ?? URL.parse(connectionString.replace('@/', `@${NO_HOST}/`));
  if (url === null)
    throw invalid(
      'it is not a URL; percent-encode special characters of the password, such as # as %23, / as %2F and @ as %40',
    );
  if (!['postgres:', 'postgresql:', 'socket:'].includes(url.protocol))
    throw invalid('it does not begin with postgres://');
  return url;
}

function forDriver(connectionString: string, settings: URLSearchParams): string {
  const mode = settings.get('sslmode') ?? '';
  const isCompatible = settings.get('uselibpqcompat') === 'true';
  const isVerified = AS_VERIFY_FULL.includes(mode) && !isCompatible;
  return connectionString
    .replace(`sslmode=${mode}`, isVerified ? 'sslmode=verify-full' : '$&')
    .replace(`sslrootcert=${SYSTEM_CAS}`, '');
}

function checkFile(name: string, file: string): void {
  try {
    accessSync(file, constants.R_OK);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw invalid(`its ${name} names the file ${file}, which cannot be read (${code})`);
  }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // the driver decodes it, too, and reports what it cannot decode
  }
}

const invalid = (problem: string): StoreError =>
  new StoreError(
    'invalid-url',
    `The Postgres URL cannot be used: ${problem}. Expected postgres://user:password@host:5432/database.`,
  );
