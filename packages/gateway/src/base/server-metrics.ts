/** The metrics of Redis and Postgres as this gateway uses them. They are read from the adapters when the metrics are asked for. */
import { Counter, Gauge, type Registry } from 'prom-client';

/** What a shared event log counts. */
export interface LogFigures {
  /** Events in the memory of this gateway that the server has not acknowledged. */
  appendsWaiting: number;
  /** How often, since the start, this gateway has lost the right to number the events of a conversation that it was writing. */
  leadsLost: number;
}

/** What a pool of connections counts. */
export interface PoolFigures {
  /** Connections that a call is using. */
  used: number;
  /** Calls that wait for a connection. */
  waiting: number;
}

/** Where the figures come from. An adapter without a server has none. */
export interface MetricSources {
  eventLog?: { readonly figures?: LogFigures };
  store?: { readonly pool?: PoolFigures };
}

/** Creates the metrics; without a source they are 0. */
export function createServerMetrics(registers: Registry[], { eventLog, store }: MetricSources) {
  return {
    appendsWaiting: new Gauge({
      name: 'rivulet_log_appends_waiting',
      help: 'Events in the memory of this gateway that Redis has not acknowledged',
      registers,
      collect() {
        this.set(eventLog?.figures?.appendsWaiting ?? 0);
      },
    }),
    leadsLost: new Counter({
      name: 'rivulet_leads_lost_total',
      help: 'Conversations that this gateway was writing when another one took over, or appended to them',
      registers,
      collect() {
        this.reset();
        this.inc(eventLog?.figures?.leadsLost ?? 0);
      },
    }),
    poolUsed: new Gauge({
      name: 'rivulet_store_pool_used',
      help: 'Connections to Postgres that a call is using',
      registers,
      collect() {
        this.set(store?.pool?.used ?? 0);
      },
    }),
    poolWaiting: new Gauge({
      name: 'rivulet_store_pool_waiting',
      help: 'Calls that wait for a connection to Postgres',
      registers,
      collect() {
        this.set(store?.pool?.waiting ?? 0);
      },
    }),
    takeovers: new Counter({
      name: 'rivulet_takeovers_total',
      help: 'Replies without a writer that this gateway has taken over: closed, or handed-over, when the upstream is asked again',
      labelNames: ['outcome'] as const,
      registers,
    }),
  };
}
