/** Checks of what waits for webhooks and mail, and of what was given up. */
import { join } from 'node:path';
import { readPostgresOutbox, readSqliteOutbox } from '../../stores/read-outbox.ts';
import type { EndpointCounts } from '../../stores/webhook-outbox.ts';
import { endpointNameOf } from '../../webhooks/settings.ts';
import type { Config } from '../config.ts';
import { fault, ok, skipped, warning, type Finding } from './finding.ts';

const MINUTE_MS = 60_000;
/** A receiver that is deployed anew is away for some minutes. */
const WAIT_MS = { warning: 15 * MINUTE_MS, fault: 60 * MINUTE_MS };

/** Reads the store beside the gateway. @param nowMs milliseconds since 1970 */
export async function checkOutbox(config: Config, nowMs: number): Promise<Finding[]> {
  const check = 'outbox';
  if (config.webhooks.length === 0 && config.mail === undefined)
    return [skipped(check, 'Neither webhooks nor mail are configured: nobody is told of events.')];
  const counts = await readOutbox(config).catch(() => 'unreadable' as const);
  if (counts === 'unreadable')
    return [skipped(check, 'The store cannot be read; its own check says why.', 'Mend the store first.')];
  if (counts === undefined)
    return [skipped(check, 'The store is memory, which only its gateway can look at.')];
  return [judgeWaiting(counts, config, nowMs), judgeDead(counts, config)];
}

async function readOutbox({ store, postgresUrl, dataFolder }: Config): Promise<EndpointCounts[] | undefined> {
  if (store === 'memory') return undefined;
  if (postgresUrl !== undefined && (store ?? 'postgres') === 'postgres')
    return readPostgresOutbox(postgresUrl);
  return readSqliteOutbox(join(dataFolder, 'rivulet.sqlite'));
}

/** @param nowMs milliseconds since 1970 */
function judgeWaiting(counts: readonly EndpointCounts[], config: Config, nowMs: number): Finding {
  const check = 'outbox queue';
  // What too many mails are told by waits until its hour has passed.
  const late = counts
    .map((each) => ({ ...each, waitMs: nowMs - (each.oldestAtMs ?? nowMs) }))
    .filter(({ waitMs }) => waitMs > WAIT_MS.warning);
  const waiting = counts.reduce((sum, each) => sum + each.waiting, 0);
  if (late.length === 0) return ok(check, `${waiting} deliveries wait, none of them for long.`);
  const isFault = late.some(({ waitMs }) => waitMs > WAIT_MS.fault);
  const found = late.map(
    (each) =>
      `${each.waiting} deliveries to ${targetOf(each, config)} wait, the oldest for ${Math.floor(each.waitMs / MINUTE_MS)} minutes${each.problem === null ? '' : `: ${each.problem}`}`,
  );
  const mend = 'Mend what the last attempt says. Deliveries wait for three days, then they are given up.';
  return (isFault ? fault : warning)(check, `${found.join('; ').replace(/\.$/, '')}.`, mend);
}

function judgeDead(counts: readonly EndpointCounts[], config: Config): Finding {
  const check = 'outbox dead letters';
  const some = counts.filter(({ dead }) => dead > 0);
  if (some.length === 0) return ok(check, 'Nothing was given up.');
  const found = some.map((each) => `${each.dead} to ${targetOf(each, config)}`).join(', ');
  return warning(
    check,
    `Deliveries were given up: ${found}.`,
    'Mend the receiver, then send them again: POST /v1/webhooks/redeliver, or the console.',
  );
}

/** Without its path, which may be a secret. */
function targetOf({ endpoint }: EndpointCounts, { webhooks }: Config): string {
  if (endpoint === 'mail' || endpoint === 'mail-digest') return 'the mail server';
  const index = webhooks.findIndex(({ url }) => endpointNameOf(url) === endpoint);
  const url = webhooks[index]?.url;
  return url === undefined
    ? 'an endpoint that is not configured any more'
    : `webhook ${index + 1} (${new URL(url).host})`;
}
