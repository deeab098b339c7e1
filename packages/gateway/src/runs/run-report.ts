/** What an operator learns of a run that is over: a line in the log, numbers, and what it took. */
import { ChatError, type FinishReason, type Usage } from '@rivulet/protocol';
import type { Clock } from '../base/clock.ts';
import type { AcceptedRun } from '../conversations/conversations.ts';
import { describeCause } from '../base/log-error.ts';
import type { Logger } from '../base/logger.ts';
import type { Metrics } from '../base/metrics.ts';
import type { Provider } from '../providers/provider.ts';
import { UpstreamError } from '../providers/upstream-error.ts';
import type { Store } from '../stores/store.ts';

export interface RunReport {
  run: AcceptedRun;
  end: { reason: FinishReason; usage?: Usage; error?: ChatError };
  timing: { startedAtMs: number; firstDeltaMs: number | undefined };
}

export interface RunReportOptions {
  clock: Clock;
  logger: Logger;
  metrics: Metrics;
  provider: Provider;
  store: Store;
}

/** Counts and logs the end of a run; what it took is the owner's. */
export function reportRun(
  { clock, logger, metrics, provider, store }: RunReportOptions,
  { run, end, timing }: RunReport,
): void {
  const { conversationId, runId, siteId, ownerId } = run;
  const durationMs = clock.now() - timing.startedAtMs;
  const { reason, usage, error } = end;
  metrics.runs.inc({ reason, code: error?.code ?? '' });
  metrics.runDuration.observe(durationMs / 1000);
  if (timing.firstDeltaMs !== undefined) metrics.firstDelta.observe(timing.firstDeltaMs / 1000);
  const facts = {
    conversationId,
    runId,
    siteId,
    provider: provider.name,
    reason,
    durationMs,
    ...timing,
    usage,
  };
  if (reason === 'error' || reason === 'blocked') {
    const { code, ref } = error ?? new ChatError('internal');
    const { cause } = error ?? {};
    const upstream = cause instanceof UpstreamError ? cause : undefined;
    // Its message is made for logs; its words are the upstream's own, which may quote a prompt.
    logger.warn({ ...facts, code, ref, upstream: upstream?.message, ...describeCause(cause) }, 'run failed');
    logger.trace({ runId, ref, words: upstream?.words() }, 'what the upstream said');
  } else logger.info(facts, 'run finished');
  if (usage === undefined) return;
  metrics.tokens.inc({ site: siteId, direction: 'input' }, usage.inputTokens);
  metrics.tokens.inc({ site: siteId, direction: 'output' }, usage.outputTokens);
  const record = { runId, conversationId, owner: { siteId, ownerId }, usage, atMs: clock.now() };
  store.recordUsage(record).catch((chatError: unknown) => {
    logger.error({ runId, ...describeCause(chatError) }, 'usage was not recorded');
  });
}
