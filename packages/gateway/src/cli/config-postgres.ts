/** The bounds of the connections to Postgres and of who waits for them. */
import * as v from 'valibot';
import { milliseconds, positiveInteger } from './config-values.ts';

/** More than Postgres serves well, without a pooler in between. */
const MAX_CONNECTIONS = 1_000;

/** Each with the default of the store. */
export const PostgresPoolSchema = v.strictObject({
  /** The most connections of a gateway; each runs one statement or transaction at a time. */
  maxConnections: v.optional(
    v.pipe(positiveInteger, v.maxValue(MAX_CONNECTIONS, `expected at most ${MAX_CONNECTIONS} connections`)),
    10,
  ),
  /** How many calls may wait for a connection, or for their turn in a write. Further ones fail. */
  maxWaiting: v.optional(positiveInteger, 10_000),
  /** How long a call waits before it fails. */
  maxWaitMs: v.optional(milliseconds, 5_000),
});

/** The settings with their defaults. */
export type PostgresPool = v.InferOutput<typeof PostgresPoolSchema>;

/** The options of `createPostgresStore`. */
export const poolOptionsOf = ({ maxConnections, ...waiting }: PostgresPool) => ({
  poolSize: maxConnections,
  ...waiting,
});

/** For `rivulet check`. */
export const describePool = ({ maxConnections, maxWaiting, maxWaitMs }: PostgresPool): string =>
  `at most ${maxConnections}; at most ${maxWaiting} calls wait, for at most ${maxWaitMs} ms`;
