/** The one place that reports refusals: each gets a `ref`, a line in the log and a count; under a flood, one line for many. */
import { ChatError } from '@rivulet/protocol';
import {
  KIND_OF_REFUSAL,
  RefusalCause,
  refusalReasonOf,
  type Clock,
  type Logger,
  type Metrics,
  type RefusalReason,
  type Timer,
} from '../base/index.ts';
import { adviceFor, cutForLog, type RefusedClient } from './refusal-advice.ts';
import type { Sites } from './sites.ts';

/** Reports the refusals of one gateway. */
export interface Refusals {
  /**
   * Counts a refusal and logs it at `info`, with what to change. Call it where the error leaves for the client, once.
   * @returns the error with its `ref`; the same error when it is no refusal or has a `ref` already
   */
  report: (error: ChatError, client: RefusedClient) => ChatError;
  /** Logs what has been counted and not logged yet. May be called twice. */
  close: () => void;
}

/** What `createRefusals` needs. */
export interface RefusalsOptions {
  logger: Logger;
  metrics: Pick<Metrics, 'refusals' | 'figures'>;
  clock: Clock;
  sites: Pick<Sites, 'has'>;
  /** Creates the `ref` by which the error is found in the log. */
  mintRef: () => string;
}

/** One reason and one site get so many lines in each window: enough to see who is refused, too few to fill a disk. */
const MAX_LINES = 10;
const WINDOW_MS = 60_000;

/** The refusals of one reason and one site within a minute. */
interface Window {
  reason: RefusalReason;
  siteId: string | undefined;
  endsAtMs: number;
  lines: number;
  /** Those beyond `MAX_LINES`. They share one `ref`, which the summary has: what a visitor reads out is always in the log. */
  more: { ref: string; count: number; timer: Timer } | undefined;
}

/** Creates the reports of one gateway. */
export function createRefusals(options: RefusalsOptions): Refusals {
  const { logger, metrics, clock, sites, mintRef } = options;
  const windows = createWindows(options);
  const refOf = (error: ChatError, reason: RefusalReason, client: RefusedClient): string => {
    const window = windows.find(reason, client);
    if (window.lines < MAX_LINES) {
      window.lines += 1;
      const ref = mintRef();
      const facts = { ref, code: error.code, reason, kind: KIND_OF_REFUSAL[reason] };
      const { visitorId, address } = client;
      const sent = { origin: cutForLog(client.origin), siteId: cutForLog(client.siteId), visitorId, address };
      logger.info({ ...facts, ...sent, ...blockedBy(error) }, `refused: ${adviceFor(reason, client)}`);
      return ref;
    }
    window.more ??= {
      ref: mintRef(),
      count: 0,
      timer: clock.after(window.endsAtMs - clock.now(), () => {
        windows.summarise(window);
      }),
    };
    window.more.count += 1;
    return window.more.ref;
  };
  return {
    report: (error, client) => {
      const reason = refusalReasonOf(error);
      if (reason === undefined || error.ref !== undefined) return error;
      const kind = KIND_OF_REFUSAL[reason];
      metrics.refusals.inc({ kind, reason });
      // Only configured sites: strangers must not choose what is kept.
      const siteId = client.siteId !== undefined && sites.has(client.siteId) ? client.siteId : '';
      metrics.figures.count(
        siteId,
        `${kind === 'limit' || kind === 'budget' ? 'limits' : 'refusals'}:${reason}`,
      );
      return withRef(error, refOf(error, reason, client));
    },
    close: windows.close,
  };
}

/** The current windows. Bounded by the reasons and the configured sites. */
function createWindows({ logger, clock, sites }: RefusalsOptions) {
  const windows = new Map<string, Window>();
  const summarise = (window: Window) => {
    const { more, reason, siteId } = window;
    if (more === undefined) return;
    more.timer.cancel();
    window.more = undefined;
    logger.info(
      { ref: more.ref, reason, kind: KIND_OF_REFUSAL[reason], siteId, count: more.count },
      `refused ${more.count} more for the same reason within a minute, without a line for each: ${adviceFor(reason, { siteId })}`,
    );
  };
  return {
    summarise,
    find: (reason: RefusalReason, client: RefusedClient): Window => {
      // Only configured sites: strangers must not choose how many windows there are.
      const siteId = client.siteId !== undefined && sites.has(client.siteId) ? client.siteId : undefined;
      const key = `${reason} ${siteId ?? ''}`;
      const current = windows.get(key);
      if (current !== undefined && clock.now() < current.endsAtMs) return current;
      if (current !== undefined) summarise(current);
      const opened = { reason, siteId, endsAtMs: clock.now() + WINDOW_MS, lines: 0, more: undefined };
      windows.set(key, opened);
      return opened;
    },
    close: () => {
      for (const window of windows.values()) summarise(window);
      windows.clear();
    },
  };
}

/** Which moderator refuses a text, if one does. */
function blockedBy({ cause }: ChatError): { moderator?: string | undefined; category?: string | undefined } {
  if (!(cause instanceof RefusalCause) || cause.moderator === undefined) return {};
  return { moderator: cause.moderator, category: cause.category };
}

function withRef(error: ChatError, ref: string): ChatError {
  const { code, message, retry, retryAfterMs, challenge, cause } = error;
  return new ChatError(code, { message, retry, ref, retryAfterMs, challenge, cause });
}
