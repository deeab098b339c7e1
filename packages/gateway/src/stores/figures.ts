/** The part of a store that keeps the figures of the console's overview: sums for each gateway, site and time, and the gateways themselves. */

/** A sum that one gateway process has counted in one minute. */
export interface FigureRow {
  /** Empty for what belongs to no site. */
  siteId: string;
  /** The begin of the minute, in milliseconds since 1970. */
  startMs: number;
  /** What was counted. The store does not read it. */
  name: string;
  value: number;
}

/** Which figures are read. */
export interface FiguresQuery {
  /** Undefined: those of all sites, and of none. */
  siteIds: readonly string[] | undefined;
  /** From this time on: a multiple of `bucketMs`. */
  sinceMs: number;
  /** One of the widths of `FIGURE_WIDTHS`. */
  bucketMs: number;
}

/** A sum over all gateways and the asked sites. */
export interface FigureSum {
  /** The begin of the bucket, in milliseconds since 1970. */
  startMs: number;
  name: string;
  value: number;
}

/** A gateway process, as it describes itself. Times are milliseconds since 1970. */
export interface NodeRow {
  /** Unique to the process. */
  id: string;
  /** When it wrote last. */
  seenMs: number;
  /** A JSON value, which the store does not read. */
  body: unknown;
}

/**
 * The sums of one process in one minute are written as a whole and replace those that it has written before: a write whose outcome is
 * not known may be repeated. A power cut may lose the last seconds.
 */
export interface FiguresStore {
  /** Writes the sums of a process, in one statement. */
  write(writer: string, rows: readonly FigureRow[]): Promise<void>;
  /** Sums up what all processes have written, the oldest bucket first. */
  read(query: FiguresQuery): Promise<FigureSum[]>;
  /** Adds fine buckets that are old to coarser ones, and deletes what is older than the coarsest ones are kept. May be called by several gateways at once. */
  tidy(nowMs: number): Promise<void>;
  /** Keeps what a gateway says of itself, in place of what it said before. */
  keepNode(node: NodeRow): Promise<void>;
  /** The gateways that have written since this time, in the order of their ids. */
  listNodes(sinceMs: number): Promise<NodeRow[]>;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** The widths of the buckets. */
export const FIGURE_WIDTHS = [MINUTE_MS, HOUR_MS, DAY_MS] as const;

/** For how long buckets of a minute and of an hour are kept: longer than the views in which they are shown, and than a write may be late. */
const KEPT_FINE_MS = { minutes: 3 * HOUR_MS, hours: 3 * DAY_MS };
/** A year, and the month that is compared with that of the year before. */
const KEPT_DAYS_MS = 400 * DAY_MS;
/** A gateway that has not written for a day is forgotten. */
export const KEPT_NODE_MS = DAY_MS;

/** Buckets of one width that are added to those of another one. */
export interface FigureRoll {
  fromMs: number;
  toMs: number;
  /** Only those that begin before it: a multiple of `toMs`. */
  beforeMs: number;
}

/** What `tidy` does at a time. Pure. */
export function tidyingAt(nowMs: number): { rolls: readonly FigureRoll[]; forgetBeforeMs: number } {
  const begin = (timeMs: number, widthMs: number) => timeMs - (timeMs % widthMs);
  return {
    rolls: [
      { fromMs: MINUTE_MS, toMs: HOUR_MS, beforeMs: begin(nowMs - KEPT_FINE_MS.minutes, HOUR_MS) },
      { fromMs: HOUR_MS, toMs: DAY_MS, beforeMs: begin(nowMs - KEPT_FINE_MS.hours, DAY_MS) },
    ],
    forgetBeforeMs: begin(nowMs - KEPT_DAYS_MS, DAY_MS),
  };
}
