/** What an operator watches, in Prometheus' words. */
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

export type Metrics = ReturnType<typeof createMetrics>;

/** From a lone fast answer to the slowest that the limits allow. */
const SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

/** A registry of its own, so that a host application's metrics stay its own. */
export function createMetrics() {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return { registry, ...createSessionMetrics([registry]), ...createRunMetrics([registry]) };
}

function createRunMetrics(registers: Registry[]) {
  return {
    runsActive: new Gauge({
      name: 'rivulet_runs_active',
      help: 'Replies being written or waiting',
      registers,
    }),
    runs: new Counter({
      name: 'rivulet_runs_total',
      help: 'Finished replies by reason and error code',
      labelNames: ['reason', 'code'] as const,
      registers,
    }),
    firstDelta: new Histogram({
      name: 'rivulet_first_delta_seconds',
      help: 'From the accepted message to the first delta',
      buckets: SECONDS,
      registers,
    }),
    runDuration: new Histogram({
      name: 'rivulet_run_seconds',
      help: 'From the accepted message to the end of the reply',
      buckets: SECONDS,
      registers,
    }),
    toolCalls: new Counter({
      name: 'rivulet_tool_calls_total',
      help: 'Calls of tools by how they ended: finished, failed or refused',
      labelNames: ['site', 'outcome'] as const,
      registers,
    }),
    feedback: new Counter({
      name: 'rivulet_feedback_total',
      help: 'What visitors think of answers: up, down, or none when it was taken back',
      labelNames: ['site', 'value'] as const,
      registers,
    }),
    tokens: new Counter({
      name: 'rivulet_tokens_total',
      help: 'Tokens counted by the upstream',
      labelNames: ['site', 'direction'] as const,
      registers,
    }),
  };
}

function createSessionMetrics(registers: Registry[]) {
  return {
    sessions: new Gauge({ name: 'rivulet_sessions', help: 'Connected clients', registers }),
    rejected: new Counter({
      name: 'rivulet_rejected_total',
      help: 'Refused commands and connections by error code',
      labelNames: ['code'] as const,
      registers,
    }),
    ignored: new Counter({
      name: 'rivulet_ignored_commands_total',
      help: 'Commands of a type newer than this gateway',
      registers,
    }),
    merges: new Counter({
      name: 'rivulet_merges_total',
      help: 'Visitors who signed in: moved, nothing to move, or refused because their former token was not good',
      labelNames: ['outcome'] as const,
      registers,
    }),
    closed: new Counter({
      name: 'rivulet_sessions_closed_total',
      help: 'Ended connections by close code',
      labelNames: ['code'] as const,
      registers,
    }),
  };
}
