/** The figures of the store in memory. */
import {
  FIGURE_WIDTHS,
  KEPT_NODE_MS,
  tidyingAt,
  type FigureRoll,
  type FiguresQuery,
  type FiguresStore,
  type FigureSum,
  type NodeRow,
} from './figures.ts';

interface Kept {
  widthMs: number;
  siteId: string;
  startMs: number;
  name: string;
  writer: string;
  value: number;
}

const keyOf = ({ widthMs, siteId, startMs, name, writer }: Kept): string =>
  JSON.stringify([widthMs, startMs, siteId, name, writer]);

/** The sums in memory. */
class MemorySums {
  readonly #kept = new Map<string, Kept>();

  put(row: Kept): void {
    this.#kept.set(keyOf(row), row);
  }

  read({ siteIds, sinceMs, bucketMs }: FiguresQuery): FigureSum[] {
    const sums = new Map<string, FigureSum>();
    for (const { siteId, startMs: at, name, value } of this.#kept.values()) {
      if (at < sinceMs || siteIds?.includes(siteId) === false) continue;
      const startMs = at - (at % bucketMs);
      const key = `${startMs} ${name}`;
      sums.set(key, { startMs, name, value: value + (sums.get(key)?.value ?? 0) });
    }
    return [...sums.values()].sort(
      (one, other) => one.startMs - other.startMs || (one.name < other.name ? -1 : 1),
    );
  }

  roll({ fromMs, toMs, beforeMs }: FigureRoll): void {
    for (const row of this.remove(({ widthMs, startMs }) => widthMs === fromMs && startMs < beforeMs)) {
      const coarse = { ...row, widthMs: toMs, startMs: row.startMs - (row.startMs % toMs), writer: '' };
      this.put({ ...coarse, value: row.value + (this.#kept.get(keyOf(coarse))?.value ?? 0) });
    }
  }

  remove(isOld: (row: Kept) => boolean): Kept[] {
    const removed = [...this.#kept.values()].filter(isOld);
    for (const row of removed) this.#kept.delete(keyOf(row));
    return removed;
  }
}

/** Creates the figures. @param settle does the work as the store does: not when it is closed */
export function createMemoryFigures(settle: <Result>(work: () => Result) => Promise<Result>): FiguresStore {
  const sums = new MemorySums();
  const nodes = new Map<string, NodeRow>();
  return {
    write: (writer, rows) =>
      settle(() => {
        for (const row of rows) sums.put({ ...row, writer, widthMs: FIGURE_WIDTHS[0] });
      }),
    read: (query) => settle(() => sums.read(query)),
    tidy: (nowMs) =>
      settle(() => {
        const { rolls, forgetBeforeMs } = tidyingAt(nowMs);
        for (const roll of rolls) sums.roll(roll);
        sums.remove(({ startMs }) => startMs < forgetBeforeMs);
        for (const { id, seenMs } of nodes.values()) if (seenMs < nowMs - KEPT_NODE_MS) nodes.delete(id);
      }),
    keepNode: (node) =>
      settle(() => {
        nodes.set(node.id, structuredClone(node));
      }),
    listNodes: (sinceMs) =>
      settle(() =>
        structuredClone(
          [...nodes.values()]
            .filter(({ seenMs }) => seenMs >= sinceMs)
            .sort((one, other) => (one.id < other.id ? -1 : 1)),
        ),
      ),
  };
}
