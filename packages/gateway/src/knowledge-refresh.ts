/** Reads the documents of sites again, once a day, by one gateway for each site. */
import type { RandomBytes } from '@rivulet/protocol';
import { describeCause, type Clock, type Logger } from './base/index.ts';
import { ingest } from './knowledge/ingest.ts';
import { IngestError } from './knowledge/source.ts';
import { lastTimeOfDay } from './sites/retention-days.ts';
import type { Site, Sites } from './sites/sites.ts';
import type { Store } from './stores/store.ts';

/** What the refresh needs. */
export interface KnowledgeRefreshOptions {
  store: Pick<Store, 'knowledge' | 'retention'>;
  sites: Pick<Sites, 'list'>;
  clock: Clock;
  random: RandomBytes;
  logger: Logger;
}

/** The refresh of one gateway. */
export interface KnowledgeRefresh {
  /** Reads the sources of each site that is due and that no other gateway works on. Call it every few minutes. */
  run(): Promise<void>;
  /** Ends what is being read; the next gateway goes on with it. May be called twice. */
  close(): void;
}

/** How long a gateway that has died keeps a site from the others. */
const CLAIM_MS = 5 * 60_000;
/** How often the claim is extended. */
const EXTEND_MS = 60_000;

/** Creates the refresh of one gateway. */
export function createKnowledgeRefresh(options: KnowledgeRefreshOptions): KnowledgeRefresh {
  const { sites, logger } = options;
  const closing = new AbortController();
  const isClosed = () => closing.signal.aborted;
  const holder = Buffer.from(options.random(12)).toString('base64url');
  return {
    async run() {
      for (const site of sites.list()) {
        const { refreshAt = 'off', sources = [] } = site.knowledge ?? {};
        if (refreshAt === 'off' || sources.length === 0 || isClosed()) continue;
        try {
          await refreshSite(options, site, { refreshAt, holder, closing: closing.signal });
        } catch (error) {
          if (isClosed()) return;
          logger.error(
            { site: site.id, ...describeCause(error) },
            'the documents of a site could not be read again; it is tried again in some minutes',
          );
        }
      }
    },
    close() {
      closing.abort(new Error('The gateway is closed.'));
    },
  };
}

interface Claimed {
  refreshAt: string;
  holder: string;
  closing: AbortSignal;
}

async function refreshSite(
  { store, clock, logger }: KnowledgeRefreshOptions,
  site: Site,
  { refreshAt, holder, closing }: Claimed,
): Promise<void> {
  const name = `knowledge ${site.id}`;
  const dueSinceMs = lastTimeOfDay(refreshAt, clock.now());
  const claim = () => {
    const nowMs = clock.now();
    return store.retention.claimJob({ name, holder, nowMs, untilMs: nowMs + CLAIM_MS, dueSinceMs });
  };
  if (!(await claim())) return;
  const lost = new AbortController();
  let extendedMs = clock.now();
  const onDocument = () => {
    if (clock.now() - extendedMs < EXTEND_MS) return;
    extendedMs = clock.now();
    claim().then(
      (isHeld) => {
        if (!isHeld) lost.abort(new Error('Another gateway reads the documents of the site.'));
      },
      (error: unknown) => {
        lost.abort(error);
      },
    );
  };
  const signal = AbortSignal.any([closing, lost.signal]);
  for (const source of site.knowledge?.sources ?? []) {
    const work = { store: store.knowledge, siteId: site.id, source, clock, signal, onDocument };
    try {
      const { problems: _problems, ...report } = await ingest(work);
      logger.info({ site: site.id, ...report }, 'the documents of a site were read again');
    } catch (error) {
      if (!(error instanceof IngestError)) throw error;
      logger.warn(
        { site: site.id, source: source.from, problem: error.message },
        'a source of documents could not be read; it is tried again on the next day',
      );
    }
  }
  await store.retention.finishJob({ name, holder, nowMs: clock.now() });
}
