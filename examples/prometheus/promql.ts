/** Finds the metrics and labels of an expression in PromQL, with the grammar that Prometheus publishes. */
import { parser } from '@prometheus-io/lezer-promql';

/** A metric in an expression. */
export interface UsedMetric {
  name: string;
  /** The labels that its selector compares. */
  labels: string[];
}

/** What an expression uses. */
export interface UsedNames {
  metrics: UsedMetric[];
  /** The labels that results are grouped by or matched on. */
  groupedBy: string[];
  /** Whether the grammar accepts the expression. */
  isValid: boolean;
}

/** Parses an expression. Variables of Grafana must be replaced before. */
export function namesIn(expression: string): UsedNames {
  const used: UsedNames = { metrics: [], groupedBy: [], isValid: true };
  let selected: UsedMetric | undefined;
  let isGrouping = false;
  parser.parse(expression).iterate({
    enter({ name, from, to, type }) {
      const text = expression.slice(from, to);
      if (type.isError) used.isValid = false;
      else if (name === 'VectorSelector') used.metrics.push((selected = { name: '', labels: [] }));
      else if (name === 'GroupingLabels') isGrouping = true;
      else if (name === 'Identifier' && selected !== undefined) selected.name = text;
      else if (name === 'LabelName') (isGrouping ? used.groupedBy : (selected?.labels ?? [])).push(text);
    },
    leave({ name }) {
      if (name === 'VectorSelector') selected = undefined;
      if (name === 'GroupingLabels') isGrouping = false;
    },
  });
  return used;
}
