/** Reports a finished run to the operator: a log line, metrics, and a usage record. */
import { ChatError, type FinishReason, type Usage } from '@rivulet/protocol';
import { type Clock, describeCause, type Logger, type Metrics } from '../base/index.ts';
import { PICOS } from '../budgets/prices.ts';
import type { Charge } from '../budgets/run-charge.ts';
import type { AcceptedRun } from '../conversations/conversations.ts';
import { UpstreamError } from '../providers/upstream-error.ts';
import type { Site } from '../sites/sites.ts';
import type { Owner, Store, UsageRecord } from '../stores/store.ts';
import { providerOf, type Providers } from './tool-loop/site-provider.ts';

/** A finished run. */
export interface RunReport {
  run: AcceptedRun & { site: Site };
  /** How it ended. `error` is present for the reasons `error`, `blocked` and `interrupted`. */
  end: { reason: FinishReason; usage?: Usage; error?: ChatError };
  /** `firstDeltaMs` is the time from the start to the first content; undefined when there was none. */
  timing: { startedAtMs: number; firstDeltaMs: number | undefined };
  /** What its calls have used, counted by the upstream or estimated; undefined when there was none. */
  charge: Charge | undefined;
  /** The upstream of the site's chain that has written it, with host and model; undefined when none did. */
  answeredBy: string | undefined;
  /** The upstream's own ids of the requests that it has answered. */
  upstreamRequestIds?: readonly string[] | undefined;
}

/** Where a report goes to. */
export interface RunReportOptions extends Providers {
  clock: Clock;
  logger: Logger;
  metrics: Metrics;
  store: Store;
}

/** Counts and logs the end of a run, by a logger whose lines have its ref, and records its token usage for the owner of the conversation. */
export function reportRun(options: RunReportOptions, report: RunReport): void {
  const { clock, logger, metrics, store } = options;
  const { run, end, timing, charge, answeredBy, upstreamRequestIds = [] } = report;
  const { conversationId, runId, siteId, site } = run;
  const durationMs = clock.now() - timing.startedAtMs;
  const { reason, usage, error } = end;
  metrics.runs.inc({ reason, code: error?.code ?? '' });
  metrics.runDuration.observe(durationMs / 1000);
  metrics.figures.count(siteId, `runs:${reason}`);
  if (error !== undefined) metrics.figures.count(siteId, `errors:${error.code}`);
  if (timing.firstDeltaMs !== undefined) {
    metrics.firstDelta.observe(timing.firstDeltaMs / 1000);
    metrics.figures.observe(siteId, 'first-delta', timing.firstDeltaMs);
  }
  const facts = {
    conversationId,
    runId,
    siteId,
    provider: providerOf(options, site).name,
    answeredBy,
    upstreamRequestIds: upstreamRequestIds.length === 0 ? undefined : upstreamRequestIds,
    reason,
    durationMs,
    ...timing,
    usage: usage ?? charge?.usage,
    // Otherwise the upstream has counted all of it.
    isEstimated: usage === undefined && charge !== undefined ? true : undefined,
  };
  if (reason === 'error' || reason === 'blocked') {
    const { code } = error ?? new ChatError('internal');
    const { cause } = error ?? {};
    const upstream = cause instanceof UpstreamError ? cause : undefined;
    logger.warn(
      {
        ...{ ...facts, code, upstream: upstream?.message, ...describeCause(cause) },
        ...{ words: upstream?.safeWords(), advice: upstream?.advice },
      },
      'run failed',
    );
    logger.trace({ runId, words: upstream?.words() }, "text of the upstream's error");
  } else logger.info(facts, 'run finished');
  if (charge !== undefined) recordCharge({ clock, logger, metrics, store }, run, charge);
}

/** Counts what a run has used, and records it for the owner of the conversation. */
export function recordCharge(
  { clock, logger, metrics, store }: Pick<RunReportOptions, 'clock' | 'logger' | 'metrics' | 'store'>,
  { runId, conversationId, siteId, ownerId }: Pick<UsageRecord, 'runId' | 'conversationId'> & Owner,
  { usage, costPico }: Charge,
): void {
  metrics.tokens.inc({ site: siteId, direction: 'input' }, usage.inputTokens);
  metrics.tokens.inc({ site: siteId, direction: 'output' }, usage.outputTokens);
  metrics.money.inc({ site: siteId }, costPico / PICOS);
  metrics.figures.count(siteId, 'input-tokens', usage.inputTokens);
  metrics.figures.count(siteId, 'output-tokens', usage.outputTokens);
  metrics.figures.count(siteId, 'cost-pico', costPico);
  const record = { runId, conversationId, owner: { siteId, ownerId }, usage, atMs: clock.now() };
  store.recordUsage(record).catch((cause: unknown) => {
    logger.error({ runId, ...describeCause(cause) }, 'the token usage of a run could not be stored');
  });
}
