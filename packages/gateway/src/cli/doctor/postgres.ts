/** Checks of Postgres: version, tables, rights, connections, durability. */
import type * as pg from 'pg';
import * as v from 'valibot';
import { requireOptional, silentLogger } from '../../base/index.ts';
import { explainPostgres } from '../../stores/postgres-explain.ts';
import { readTarget } from '../../stores/postgres-target.ts';
import { inspectPostgres } from '../../stores/postgres-upgrade.ts';
import { importingError } from '../../stores/postgres-versions.ts';
import type { Config } from '../config.ts';
import { describeStartError } from '../start-error.ts';
import { judgeClock } from './clock.ts';
import { latencyFinding } from './latency.ts';
import type { Machine } from './machine.ts';
import { fault, ok, skipped, warning, type Finding } from './finding.ts';

const CONNECT_TIMEOUT_MS = 5_000;

const FactsSchema = v.object({
  version: v.string(),
  read_only: v.boolean(),
  fsync: v.string(),
  encoding: v.string(),
  may_create: v.nullable(v.boolean()),
  max_connections: v.number(),
  reserved: v.number(),
  used: v.number(),
  now_ms: v.number(),
  pid: v.number(),
});
type Facts = v.InferOutput<typeof FactsSchema>;

const READ_FACTS = `SELECT current_setting('server_version') AS version,
  current_setting('transaction_read_only')::boolean AS read_only,
  current_setting('fsync') AS fsync,
  current_setting('server_encoding') AS encoding,
  has_schema_privilege(current_schema(), 'CREATE') AS may_create,
  current_setting('max_connections')::integer AS max_connections,
  current_setting('superuser_reserved_connections')::integer AS reserved,
  (SELECT count(*)::integer FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()) AS used,
  (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now_ms,
  pg_backend_pid() AS pid`;

type PostgresConfig = Pick<Config, 'store' | 'postgresUrl' | 'postgresPool' | 'postgresMigrate'>;

/** Connects once, and once more to read the version of the tables. Changes nothing. */
export async function checkPostgres(
  config: PostgresConfig,
  { machine, signal }: { machine: Machine; signal: AbortSignal },
): Promise<Finding[]> {
  const { store, postgresUrl } = config;
  if (postgresUrl === undefined || (store ?? 'postgres') !== 'postgres')
    return [skipped('postgres', 'Postgres is not configured: conversations are in the data folder.')];
  const target = readTarget(postgresUrl);
  const { Client } = requireOptional('pg', 'The Postgres store') as typeof pg; // its own types
  const client = new Client({
    connectionString: target.connectionString,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    application_name: 'rivulet doctor',
  });
  client.on('error', () => undefined); // the query in flight rejects
  try {
    await client.connect();
    const { rows } = await client.query<object>(READ_FACTS);
    const facts = v.parse(FactsSchema, rows[0]);
    const clock = judgeClock('clock of postgres', facts.now_ms, machine.now());
    return [
      ok('postgres', `Postgres ${facts.version} at ${target.server}, database ${target.database}.`),
      ...judge(facts, config),
      checkPooler(facts, client),
      clock,
      await latencyFinding('postgres latency', machine, () => client.query('SELECT 1')),
      await checkTables(postgresUrl, config, signal),
    ];
  } catch (error) {
    const found = describeStartError(explainPostgres(error, target));
    return [fault('postgres', found, 'Do what the sentence says, and correct RIVULET_POSTGRES_URL.')];
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Judges what the server says of itself. */
function judge(facts: Facts, config: PostgresConfig): Finding[] {
  const { read_only: isReadOnly, fsync, encoding, may_create: mayCreate } = facts;
  return [
    isReadOnly
      ? fault(
          'postgres writable',
          'The server is read-only: it is a replica, or default_transaction_read_only is on.',
          'Use the URL of the primary.',
        )
      : ok('postgres writable', 'The database can be written.'),
    fsync === 'off'
      ? fault(
          'postgres durability',
          'fsync is off: after a crash of the machine the database may be lost as a whole.',
          'Set fsync to on in postgresql.conf.',
        )
      : ok('postgres durability', 'What is committed survives a crash.'),
    encoding === 'UTF8'
      ? ok('postgres encoding', 'UTF8.')
      : fault(
          'postgres encoding',
          `The encoding of the database is ${encoding}: messages in other scripts cannot be stored.`,
          "Create the database with ENCODING 'UTF8' TEMPLATE template0.",
        ),
    mayCreate === true || config.postgresMigrate === 'refuse'
      ? ok('postgres rights', 'The user can do what a gateway does at its start.')
      : fault(
          'postgres rights',
          'The user may not create tables, and gateways migrate when they start.',
          'GRANT CREATE ON SCHEMA public to the user, or set RIVULET_POSTGRES_MIGRATE to refuse and run rivulet migrate as another user.',
        ),
    judgeConnections(facts, config),
  ];
}

/** Beside its pool a gateway has one connection for its lock and one for migrations. */
const MORE_CONNECTIONS = 2;

function judgeConnections(
  { max_connections: most, reserved, used }: Facts,
  { postgresPool }: PostgresConfig,
): Finding {
  const check = 'postgres connections';
  const needed = postgresPool.maxConnections + MORE_CONNECTIONS;
  const usable = most - reserved;
  const gateways = Math.floor(usable / needed);
  const found = `A gateway uses up to ${needed} of ${usable} connections (max_connections ${most}, ${reserved} reserved), of which ${used} are in use.`;
  const mend = 'Raise max_connections, lower postgresPool.maxConnections, or put PgBouncer in between.';
  if (gateways < 1) return fault(check, `${found} That is more than there are.`, mend);
  if (gateways < 2) return warning(check, `${found} A second gateway has no room beside it.`, mend);
  return ok(check, `${found} There is room for ${gateways} gateways.`);
}

/** A pooler makes up the process id that a client gets when it connects. */
function checkPooler({ pid }: Facts, client: pg.Client): Finding {
  const { processID: shown } = client as { processID?: number }; // the driver has it, its types do not
  const check = 'postgres pooler';
  if (shown === pid) return ok(check, 'The server itself is at the other end.');
  return ok(
    check,
    'A connection pooler is in between; the gateway notices it. Run rivulet migrate with the URL of the server itself.',
  );
}

async function checkTables(
  connectionString: string,
  { postgresMigrate }: PostgresConfig,
  signal: AbortSignal,
): Promise<Finding> {
  const check = 'postgres schema';
  try {
    const { state, missing } = await inspectPostgres({ connectionString, signal, logger: silentLogger });
    if (state.importing !== undefined)
      return fault(check, importingError(state.importing).message, 'Run rivulet import again.');
    const has = state.version === 0 ? 'The database has no tables' : `The schema version is ${state.version}`;
    const last = missing.at(-1);
    if (last === undefined) return ok(check, `${has}, as this gateway needs it.`);
    const lacks = `${has}, and this gateway needs ${last.version}.`;
    if (postgresMigrate === 'start') return ok(check, `${lacks} The next start migrates it.`);
    return fault(check, `${lacks} It does not start.`, 'Run rivulet migrate with these settings.');
  } catch (error) {
    const mend = 'Update the gateway, or restore a backup of an earlier version.';
    return fault(check, describeStartError(error), mend);
  }
}
