/** The metrics of the gateway, in Prometheus format. */
import { CLOSE_CODES, ERROR_CODES, FINISH_REASONS } from '@rivulet/protocol';
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import { systemClock, type Clock } from './clock.ts';
import { createFigures } from './figures.ts';
import { createBoundedCounter } from './bounded-counter.ts';
import { createServerMetrics, type MetricSources } from './server-metrics.ts';
import { REFUSAL_KINDS, REFUSAL_REASONS } from './refusal.ts';

/** The metrics by name, with their registry. */
export type Metrics = ReturnType<typeof createMetrics>;

/** Buckets from a fast answer to the slowest one that the limits allow. */
const SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

/**
 * Buckets of one stage of a delta's way through the gateway, which takes well below a millisecond while the gateway is not
 * overloaded.
 */
const STAGE_SECONDS = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1];

/** Buckets from a round trip to a server beside this one to the longest that one waits for a store or an event log. */
const ROUND_TRIP_SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/** The close codes of RFC 6455 that occur: closed normally, going away, without a code, without a close frame. */
const STANDARD_CLOSE_CODES = [1000, 1001, 1005, 1006];

/**
 * Creates the metrics in a new registry, so that they do not mix with those of a host application.
 * @param sources what the adapters count themselves, and the clock of the figures
 */
export function createMetrics({
  clock = systemClock,
  ...sources
}: MetricSources & { clock?: Pick<Clock, 'now'> } = {}) {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return {
    registry,
    /** What the console's overview shows: kept by the store, and not in the registry. */
    figures: createFigures(clock),
    ...createSessionMetrics([registry]),
    ...createRunMetrics([registry]),
    ...createModerationMetrics([registry]),
    ...createStageMetrics([registry]),
    ...createUpstreamMetrics([registry]),
    ...createRetentionMetrics([registry]),
    ...createWebhookMetrics([registry]),
    ...createDependencyMetrics([registry]),
    ...createServerMetrics([registry], sources),
  };
}

/** Samples of the way of a delta, for operators who look for the stage that is slow. */
function createStageMetrics(registers: Registry[]) {
  return {
    upstreamToLog: new Histogram({
      name: 'rivulet_upstream_to_log_seconds',
      help: 'Time from the arrival of a piece of the upstream to the append of its event to the log (sampled)',
      buckets: STAGE_SECONDS,
      registers,
    }),
    logToSocket: new Histogram({
      name: 'rivulet_log_to_socket_seconds',
      help: 'Time from an event in the log to its write to the socket of a viewer (sampled)',
      buckets: STAGE_SECONDS,
      registers,
    }),
  };
}

function createRetentionMetrics(registers: Registry[]) {
  return {
    retentionErased: new Counter({
      name: 'rivulet_retention_erased_total',
      help: 'What this gateway has erased because it was old: conversations and their files',
      labelNames: ['site', 'kind'] as const,
      registers,
    }),
    retentionFinished: new Gauge({
      name: 'rivulet_retention_finished_seconds',
      help: 'When this gateway last finished erasing what was old, in seconds since 1970; 0: never',
      registers,
    }),
  };
}

/** An endpoint is named by a hash of its URL: there are as many as the configuration names. */
function createWebhookMetrics(registers: Registry[]) {
  return {
    webhookDeliveries: new Counter({
      name: 'rivulet_webhook_deliveries_total',
      help: 'Attempts to deliver webhooks by outcome: delivered, away (not reachable or overloaded), refused; and given-up, for a dead letter',
      labelNames: ['endpoint', 'outcome'] as const,
      registers,
    }),
    webhooksKept: new Gauge({
      name: 'rivulet_webhooks_kept',
      help: 'Webhook deliveries in the store: waiting, and dead, which were given up',
      labelNames: ['state'] as const,
      registers,
    }),
  };
}

/** What waits for the servers behind a gateway. A dependency is `store`, `event-log` or `files`. */
function createDependencyMetrics(registers: Registry[]) {
  return {
    checkDuration: new Histogram({
      name: 'rivulet_check_seconds',
      help: 'How long the store, the event log and the files took to answer a readiness check',
      labelNames: ['dependency'] as const,
      buckets: ROUND_TRIP_SECONDS,
      registers,
    }),
    acceptDuration: new Histogram({
      name: 'rivulet_accept_seconds',
      help: 'Time to accept a message: its turn in the conversation, the store, and the start of its reply in the event log',
      buckets: ROUND_TRIP_SECONDS,
      registers,
    }),
    checkFailures: new Counter({
      name: 'rivulet_check_failures_total',
      help: 'Readiness checks that the store, the event log or the files have failed',
      labelNames: ['dependency'] as const,
      registers,
    }),
  };
}

/** An upstream is named by its host and model: there are as many as the configuration names. */
function createUpstreamMetrics(registers: Registry[]) {
  return {
    upstreamRequests: new Counter({
      name: 'rivulet_upstream_requests_total',
      help: 'Requests to upstreams by outcome: answered, failed (also after the answer began), or not-served, because no slot was free in time',
      labelNames: ['upstream', 'outcome'] as const,
      registers,
    }),
    upstreamRepeats: new Counter({
      name: 'rivulet_upstream_repeats_total',
      help: 'Failures before the first content that were followed by a retry, or by a fallback to the next upstream',
      labelNames: ['upstream', 'kind'] as const,
      registers,
    }),
    upstreamBreaker: new Gauge({
      name: 'rivulet_upstream_breaker',
      help: 'State of the circuit breaker: 0 closed, 1 half-open, 2 open',
      labelNames: ['upstream'] as const,
      registers,
    }),
    upstreamActive: new Gauge({
      name: 'rivulet_upstream_active',
      help: 'Requests that an upstream is answering',
      labelNames: ['upstream'] as const,
      registers,
    }),
    upstreamWaiting: new Gauge({
      name: 'rivulet_upstream_waiting',
      help: 'Replies that wait for a free slot of an upstream',
      labelNames: ['upstream'] as const,
      registers,
    }),
    upstreamWait: new Histogram({
      name: 'rivulet_upstream_wait_seconds',
      help: 'How long replies waited for a free slot of an upstream',
      buckets: SECONDS,
      registers,
    }),
  };
}

function createRunMetrics(registers: Registry[]) {
  return {
    runsActive: new Gauge({
      name: 'rivulet_runs_active',
      help: 'Replies that are running or queued',
      registers,
    }),
    runs: createBoundedCounter(
      { name: 'rivulet_runs_total', help: 'Finished replies by reason and error code', registers },
      { reason: FINISH_REASONS, code: ['', ...ERROR_CODES] },
    ),
    firstDelta: new Histogram({
      name: 'rivulet_first_delta_seconds',
      help: 'Time from the accepted message to the first delta',
      buckets: SECONDS,
      registers,
    }),
    runDuration: new Histogram({
      name: 'rivulet_run_seconds',
      help: 'Time from the accepted message to the end of the reply',
      buckets: SECONDS,
      registers,
    }),
    toolCalls: new Counter({
      name: 'rivulet_tool_calls_total',
      help: 'Tool calls by outcome: finished, failed or refused',
      labelNames: ['site', 'outcome'] as const,
      registers,
    }),
    feedback: new Counter({
      name: 'rivulet_feedback_total',
      help: 'Ratings of answers by visitors: up, down, or none when a rating was removed',
      labelNames: ['site', 'value'] as const,
      registers,
    }),
    tokens: new Counter({
      name: 'rivulet_tokens_total',
      help: 'Tokens that were used, as the upstream counted them, or estimated where it did not',
      labelNames: ['site', 'direction'] as const,
      registers,
    }),
    money: new Counter({
      name: 'rivulet_money_total',
      help: 'What the tokens cost at the configured or known prices, in their unit; models without a price count nothing',
      labelNames: ['site'] as const,
      registers,
    }),
  };
}

function createModerationMetrics(registers: Registry[]) {
  return {
    moderation: new Counter({
      name: 'rivulet_moderation_total',
      help: 'Moderated texts by kind and outcome: passed, blocked, or failed, which is counted for each moderator that fails',
      labelNames: ['site', 'kind', 'outcome'] as const,
      registers,
    }),
  };
}

function createSessionMetrics(registers: Registry[]) {
  return {
    sessions: new Gauge({ name: 'rivulet_sessions', help: 'Connected clients', registers }),
    rejected: createBoundedCounter(
      { name: 'rivulet_rejected_total', help: 'Refused commands and connections by error code', registers },
      { code: ERROR_CODES },
    ),
    refusals: createBoundedCounter(
      { name: 'rivulet_refusals_total', help: 'Refused clients by kind and reason', registers },
      { kind: REFUSAL_KINDS, reason: REFUSAL_REASONS },
    ),
    viewerReads: new Counter({
      name: 'rivulet_viewer_reads_total',
      help: 'Reads of the store for viewers: of the owner of a conversation, or of its messages; viewers that come together share them',
      labelNames: ['what'] as const,
      registers,
    }),
    ignored: new Counter({
      name: 'rivulet_ignored_commands_total',
      help: 'Ignored commands of a type that this gateway does not know',
      registers,
    }),
    merges: new Counter({
      name: 'rivulet_merges_total',
      help: 'Sign-ins of anonymous visitors by outcome: conversations moved, nothing to move, or refused for an invalid visitor token',
      labelNames: ['outcome'] as const,
      registers,
    }),
    closed: createBoundedCounter(
      {
        name: 'rivulet_sessions_closed_total',
        help: 'Closed connections by close code; a code that a client made up is counted as other',
        registers,
      },
      { code: [...STANDARD_CLOSE_CODES, ...Object.values(CLOSE_CODES)] },
    ),
  };
}
