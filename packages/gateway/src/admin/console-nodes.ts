/** What gateways say of themselves in the store, and what the overview shows of them. */
import * as v from 'valibot';
import type { NodeRow } from '../stores/figures.ts';

const numbers = v.record(v.string(), v.number());
/** What a gateway says of itself. */
export const NodeBodySchema = v.object({
  /** The name of the machine and the process id. */
  name: v.string(),
  /** Milliseconds since 1970. */
  startedAtMs: v.number(),
  state: v.picklist(['serving', 'draining', 'stopped']),
  /** Connected clients and unfinished replies, by site. */
  connections: numbers,
  runs: numbers,
});
/** What a gateway says of itself. */
export type NodeBody = v.InferOutput<typeof NodeBodySchema>;

/** A gateway as the overview shows it. `lost`: it has not written for 20 seconds and has not said that it stops. */
export interface ShownNode {
  id: string;
  name: string;
  state: NodeBody['state'] | 'lost';
  /** Milliseconds since 1970. */
  startedAtMs: number;
  seenAtMs: number;
  connections: number;
  runs: number;
}

/** How often a gateway writes its figures. */
export const FIGURES_INTERVAL_MS = 5_000;
/** Three writes that did not come. */
const LOST_AFTER_MS = 4 * FIGURES_INTERVAL_MS;
/** For how long a gateway that has stopped or was lost is shown. */
export const SHOWN_MS = 10 * 60_000;

const sumOf = (bySite: Readonly<Record<string, number>>, siteIds: readonly string[] | undefined): number =>
  Object.entries(bySite).reduce(
    (sum, [siteId, value]) => (siteIds?.includes(siteId) === false ? sum : sum + value),
    0,
  );

/** The gateways, as far as they can be read. A row of a newer gateway that says something else is left out. */
export function nodesOf(rows: readonly NodeRow[], nowMs: number): (ShownNode & { body: NodeBody })[] {
  return rows.flatMap(({ id, seenMs, body: written }) => {
    const parsed = v.safeParse(NodeBodySchema, written);
    if (!parsed.success) return [];
    const body = parsed.output;
    const isLost = body.state !== 'stopped' && nowMs - seenMs > LOST_AFTER_MS;
    const state = isLost ? 'lost' : body.state;
    const live = { connections: sumOf(body.connections, undefined), runs: sumOf(body.runs, undefined) };
    return [{ id, name: body.name, state, startedAtMs: body.startedAtMs, seenAtMs: seenMs, ...live, body }];
  });
}

/** What is open now on the gateways that live. @param siteIds undefined: on all sites */
export function liveOf(
  nodes: readonly (ShownNode & { body: NodeBody })[],
  siteIds: readonly string[] | undefined,
): { connections: number; runs: number } {
  const alive = nodes.filter(({ state }) => state === 'serving' || state === 'draining');
  const sum = (kind: 'connections' | 'runs') =>
    alive.reduce((total, { body }) => total + sumOf(body[kind], siteIds), 0);
  return { connections: sum('connections'), runs: sum('runs') };
}
