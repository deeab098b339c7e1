/** Validates the rows that the SQL stores read for the figures of the overview, and converts them. */
import * as v from 'valibot';
import type { FiguresQuery, FigureSum, NodeRow } from './figures.ts';

const SumRowSchema = v.object({ start_ms: v.number(), name: v.string(), value: v.number() });
const NodeRowSchema = v.object({
  id: v.string(),
  seen_ms: v.number(),
  body: v.pipe(v.string(), v.parseJson()),
});

/** Converts a row of sums. */
export function toFigureSum(row: unknown): FigureSum {
  const { start_ms: startMs, name, value } = v.parse(SumRowSchema, row);
  return { startMs, name, value };
}

/** Converts a row of a gateway. */
export function toNode(row: unknown): NodeRow {
  const { id, seen_ms: seenMs, body } = v.parse(NodeRowSchema, row);
  return { id, seenMs, body };
}

/** The sites of a query, as both SQL stores take them: whether all are asked for, and JSON. */
export const sitesOf = ({ siteIds }: FiguresQuery): readonly [0 | 1, string] => [
  siteIds === undefined ? 1 : 0,
  JSON.stringify(siteIds ?? []),
];
