/** Says what a failure of Redis means and what to do: the sentence that ends the start of a gateway. */
import { ChatError } from '@rivulet/protocol';
import { describeNetworkFailure } from '../base/index.ts';
import { EventLogError } from './event-log-error.ts';

/** What Redis needs to be. */
const NEEDS = 'the gateway needs Redis 7 or newer, or Valkey';
const NEEDS_TLS = 'requires TLS, or is no Redis; use rediss:// instead of redis://, and check the port';

/** Trying again does not help: somebody has to change something. By the text of Redis, of the client or of OpenSSL. */
const REFUSALS: readonly (readonly [RegExp, string])[] = [
  [
    /NOAUTH|HELLO must be called with the client already authenticated/,
    'asks for a password; give it in the URL: redis://:password@host:6379',
  ],
  [
    /WRONGPASS|invalid password|invalid username-password/i,
    'refuses the password or the user name; correct them in the URL',
  ],
  [
    /NOPERM|no permissions/i,
    'does not permit the user to use its keys, channels or scripts; grant it ~rivulet:* &rivulet:* +@all',
  ],
  [
    /DENIED|protected mode/,
    'is in protected mode and accepts only its own machine; set a password there and give it in the URL',
  ],
  [/unknown command|ERR unknown/i, `is too old or lacks a command; ${NEEDS}`],
  [/DB index|invalid DB/i, 'has no database of this number; correct the number at the end of the URL'],
  [
    /^MOVED |CROSSSLOT|cluster mode/i,
    'is a node of a cluster; give the cluster in the URL: redis+cluster://host1:6379,host2:6379, or rediss+cluster:// with TLS',
  ],
  [/cluster support disabled/i, 'is no cluster; use redis:// instead of redis+cluster:// in the URL'],
  [/Protocol error|Unknown RESP type/, NEEDS_TLS],
];

/** These pass when the server has started, has failed over or has room again. */
const PASSING: readonly (readonly [RegExp, string])[] = [
  [/READONLY/, 'is a read-only replica; use the address of the primary'],
  [/LOADING/, 'is still loading its data; start the gateway again in a moment'],
  [/MASTERDOWN/, 'has lost its primary; bring it up'],
  [
    /CLUSTERDOWN|Too many Cluster redirections/,
    'has a shard without a primary; bring it or a replica up (CLUSTER SHARDS tells which)',
  ],
  [
    /MISCONF/,
    'does not accept writes, because it cannot save to its disk; free some disk space there, or correct its configuration',
  ],
  [/OOM|maxmemory/, 'does not accept writes, because its memory is used up; raise maxmemory'],
  [/max number of clients/, 'has no connection left; raise its maxclients'],
  [
    /timed out|ETIMEDOUT|did not answer/i,
    'does not answer in time; check that it is up, the firewall in between, and whether its port speaks TLS (rediss://) or not (redis://)',
  ],
  [
    /Connection is closed|ECONNRESET|EPIPE/,
    `closed the connection at once; check the port, and whether it requires TLS (rediss://)`,
  ],
];

const IS_CERTIFICATE = /CERT|SIGNATURE|ERR_SSL|EPROTO/;

/** The error as an EventLogError whose message names the server, the cause and what to do; `redis-refused` when waiting is of no use. */
export function explainRedis(error: unknown, server: string): EventLogError {
  if (error instanceof EventLogError) return error;
  if (error instanceof ChatError && error.cause !== undefined) return explainRedis(error.cause, server);
  const text = textOf(error);
  const ofNode = lastNodeErrorOf(error);
  if (ofNode !== undefined) return explainRedis(ofNode, server);
  const at = (problem: string) => `Redis at ${server} ${problem}.`;
  const refusal = REFUSALS.find(([pattern]) => pattern.test(text))?.[1];
  if (refusal !== undefined) return new EventLogError('redis-refused', at(refusal), error);
  const network = describeNetworkFailure(error);
  const passing = PASSING.find(([pattern]) => pattern.test(text))?.[1];
  const code = network !== undefined && IS_CERTIFICATE.test(text) ? 'redis-refused' : 'redis-unavailable';
  const problem =
    passing ?? network ?? `cannot be used; check its address and its log (${text.slice(0, 100)})`;
  return new EventLogError(code, at(problem), error);
}

/** None of the nodes of a cluster that the client knows can be used: why the last one cannot. */
function lastNodeErrorOf(error: unknown): Error | undefined {
  const ofNode: unknown = error instanceof Error ? Reflect.get(error, 'lastNodeError') : undefined;
  return ofNode instanceof Error ? ofNode : undefined;
}

/** The text and the code. Only for the comparison with the tables: the arguments of a command are in neither. */
function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code: unknown = Reflect.get(error, 'code');
  return typeof code === 'string' ? `${error.message} ${code}` : error.message;
}
