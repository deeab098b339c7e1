/**
 * Erases the conversations that are older than their site keeps them. Once a day, by one gateway for each site, in batches: a crash loses
 * nothing but the claim, and the next gateway goes on with what is left.
 */
import { setImmediate as nextIteration } from 'node:timers/promises';
import type { RandomBytes } from '@rivulet/protocol';
import { describeCause, type Clock, type Logger, type Metrics } from '../base/index.ts';
import { DAY_MS, lastTimeOfDay } from '../sites/retention-days.ts';
import type { Sites } from '../sites/sites.ts';
import type { ExpiredConversation, Expiry } from '../stores/retention.ts';
import type { Erased } from './archive.ts';
import { ERASED_AT_ONCE, eraseRest, holdingAll, type ErasureOptions } from './erasure.ts';

/** What retention needs. */
export interface RetentionOptions extends ErasureOptions {
  sites: Pick<Sites, 'list'>;
  clock: Clock;
  random: RandomBytes;
  metrics: Metrics;
  logger: Logger;
  /** The time of day in UTC, as `03:00`. */
  retentionTime: string;
  /** Called before the conversations of one owner are erased. When it rejects, the site is tried again later. */
  onErase?: ((erased: Erased) => Promise<void>) | undefined;
}

/** The retention of one gateway. */
export interface Retention {
  /**
   * Erases what is old on each site that is due and that no other gateway works on. Call it every few minutes: a site is due once a
   * day, and again when it has failed.
   */
  run(): Promise<void>;
}

/** How long a gateway that has died keeps a site from the others. A batch takes far less. */
const CLAIM_MS = 5 * 60_000;
/** The line of the log names so many sites, those with the most conversations. */
const MAX_LOGGED_SITES = 20;

/** What was erased of one site. */
interface SiteResult {
  siteId: string;
  conversations: number;
  files: number;
}

/** Creates the retention of one gateway. */
export function createRetention(options: RetentionOptions): Retention {
  const { store, sites, clock, logger, metrics, retentionTime } = options;
  const holder = Buffer.from(options.random(12)).toString('base64url');
  const runSite = async (siteId: string, days: number): Promise<SiteResult | undefined> => {
    const name = `retention ${siteId}`;
    const dueSinceMs = lastTimeOfDay(retentionTime, clock.now());
    const claim = () => {
      const nowMs = clock.now();
      return store.retention.claimJob({ name, holder, nowMs, untilMs: nowMs + CLAIM_MS, dueSinceMs });
    };
    if (!(await claim())) return undefined;
    const expiry = { siteId, beforeMs: clock.now() - days * DAY_MS };
    const result = { siteId, conversations: 0, files: 0 };
    if (await eraseSite(options, { expiry, claim, result }))
      await store.retention.finishJob({ name, holder, nowMs: clock.now() });
    return result;
  };
  return {
    async run() {
      const startedAtMs = clock.now();
      const results: SiteResult[] = [];
      for (const { id, retentionDays = 'off' } of sites.list()) {
        if (retentionDays === 'off') continue;
        try {
          const result = await runSite(id, retentionDays);
          if (result !== undefined) results.push(result);
        } catch (error) {
          logger.error(
            { site: id, ...describeCause(error) },
            'old conversations of a site could not be erased; it is tried again in some minutes',
          );
        }
      }
      if (results.length === 0) return;
      metrics.retentionFinished.set(clock.now() / 1000);
      logger.info(describe(results, clock.now() - startedAtMs), 'old conversations were erased');
    },
  };
}

interface SiteWork {
  expiry: Expiry;
  /** Extends the claim. @returns false when another gateway has taken the site */
  claim: () => Promise<boolean>;
  /** What was erased so far. */
  result: SiteResult;
}

/** @returns whether nothing is left */
async function eraseSite(options: RetentionOptions, { expiry, claim, result }: SiteWork): Promise<boolean> {
  const { store, metrics } = options;
  const site = expiry.siteId;
  while (await claim()) {
    const expired = await store.retention.listExpired(expiry, ERASED_AT_ONCE);
    if (expired.length === 0) return true;
    const { conversations, files } = await eraseBatch(options, expiry, expired);
    result.conversations += conversations;
    result.files += files;
    metrics.retentionErased.inc({ site, kind: 'conversation' }, conversations);
    metrics.retentionErased.inc({ site, kind: 'file' }, files);
    // With a store in memory nothing else would let other work in.
    await nextIteration();
  }
  return false;
}

async function eraseBatch(
  options: RetentionOptions,
  expiry: Expiry,
  expired: readonly ExpiredConversation[],
): Promise<Omit<SiteResult, 'siteId'>> {
  const { store, mutex } = options;
  await announce(options, expired);
  const ids = expired.map(({ id }) => id);
  return holdingAll(mutex, ids, async () => {
    // Those that got a message, a name or a hold since they were listed stay.
    const erased = await store.retention.eraseExpired(expiry, ids);
    return { conversations: erased.length, files: await eraseRest(options, erased) };
  });
}

/** Tells the application of each owner's conversations. */
async function announce(
  { onErase }: RetentionOptions,
  expired: readonly ExpiredConversation[],
): Promise<void> {
  if (onErase === undefined) return;
  const byOwner = Map.groupBy(expired, ({ siteId, ownerId }) => JSON.stringify([siteId, ownerId]));
  for (const conversations of byOwner.values()) {
    const [first] = conversations;
    if (first === undefined) continue;
    const { siteId, ownerId } = first;
    const conversationIds = conversations.map(({ id }) => id);
    await onErase({ owner: { siteId, ownerId }, conversationIds, heldIds: [], scope: 'expired' });
  }
}

function describe(results: readonly SiteResult[], durationMs: number): object {
  const sum = (kind: 'conversations' | 'files') => results.reduce((total, each) => total + each[kind], 0);
  const named = results
    .toSorted((one, other) => other.conversations - one.conversations)
    .slice(0, MAX_LOGGED_SITES);
  return {
    conversations: sum('conversations'),
    files: sum('files'),
    durationMs,
    sites: Object.fromEntries(named.map(({ siteId, conversations }) => [siteId, conversations])),
    moreSites: results.length - named.length,
  };
}
