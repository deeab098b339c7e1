/** Checks the alerts and the dashboard against the metrics that the gateway has, and against docs/operations.md. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { createMetrics } from '../../packages/gateway/src/base/index.ts';
import { namesIn } from './promql.ts';

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');

/** What is read of an alert. */
interface Alert {
  alert: string;
  expr: string;
  labels: { severity: string };
  annotations: { summary: string; runbook: string };
}
const rules = parse(read('rivulet.rules.yaml')) as { groups: { rules: Alert[] }[] };
const alerts = rules.groups.flatMap((group) => group.rules);

/** What is read of a panel. */
interface Panel {
  id: number;
  title: string;
  type: string;
  gridPos: { x: number; y: number; w: number; h: number };
  targets?: { expr: string; legendFormat: string }[];
}
const dashboard = JSON.parse(read('../grafana/rivulet.json')) as { panels: Panel[] };
const panels = dashboard.panels.filter(({ type }) => type !== 'row');

/** What Prometheus adds to each series. */
const ADDED = ['job', 'instance'];
/** The labels of each series that a gateway exports, by its name. */
const series = new Map<string, string[]>([['up', []]]);
for (const metric of createMetrics().registry.getMetricsAsArray()) {
  const {
    name,
    type,
    labelNames = [],
  } = metric as unknown as { name: string; type: string; labelNames?: string[] }; // prom-client does not declare labelNames
  if (type !== 'histogram') series.set(name, labelNames);
  else for (const suffix of ['_bucket', '_sum', '_count']) series.set(name + suffix, [...labelNames, 'le']);
}

/** Returns what is wrong with an expression; empty when nothing is. */
function problemsOf(expression: string): string[] {
  const plain = expression.replaceAll('$__rate_interval', '5m').replaceAll(/"\$(job|instance)"/g, '".*"');
  const { metrics, groupedBy, isValid } = namesIn(plain);
  const known = metrics.flatMap(({ name }) => series.get(name) ?? []);
  return [
    ...(isValid ? [] : ['is no PromQL']),
    ...(metrics.length > 0 ? [] : ['has no metric']),
    ...metrics.flatMap(({ name, labels }) => {
      const own = series.get(name);
      if (own === undefined) return [`there is no metric ${name}`];
      return labels
        .filter((label) => ![...own, ...ADDED].includes(label))
        .map((label) => `${name} has no ${label}`);
    }),
    ...groupedBy
      .filter((label) => ![...known, ...ADDED].includes(label))
      .map((label) => `nothing has ${label}`),
  ];
}

describe('problemsOf', () => {
  it.each([
    ['rivulet_session', /no metric rivulet_session/],
    ['rivulet_sessions{site="a"}', /rivulet_sessions has no site/],
    ['sum by (upstream) (rivulet_sessions)', /nothing has upstream/],
    ['sum by (le) rate(rivulet_sessions', /no PromQL/],
  ])('finds what is wrong with %s', (expression, problem) => {
    expect(problemsOf(expression).join()).toMatch(problem);
  });
});

describe('the alerts', () => {
  it.each(alerts.map(({ alert, expr }) => [alert, expr]))(
    '%s: asks for series that exist',
    (_name, expression) => {
      expect(problemsOf(expression)).toEqual([]);
    },
  );

  it.each(alerts.map((alert) => [alert.alert, alert]))(
    '%s: names its section, which exists',
    (name, alert) => {
      expect(alert.annotations.runbook).toBe(`docs/operations.md#${name.toLowerCase()}`);
      expect(read('../../docs/operations.md').split('\n')).toContain(`### ${name}`);
      expect(['page', 'ticket']).toContain(alert.labels.severity);
    },
  );

  it('have a section each, and no section is left over', () => {
    const sections = [...read('../../docs/operations.md').matchAll(/^### (Rivulet\w+)$/gm)].map(
      ([, name]) => name,
    );
    expect(sections).toEqual(alerts.map(({ alert }) => alert));
  });

  it('name labels in their summaries that their results have', () => {
    const wrong = alerts.flatMap(({ alert, expr, annotations }) =>
      [...annotations.summary.matchAll(/\$labels\.(\w+)/g)]
        .map(([, label = '']) => label)
        .filter((label) => expr.includes('by (') && !namesIn(expr).groupedBy.includes(label))
        .map((label) => `${alert}: ${label}`),
    );
    expect(wrong).toEqual([]);
  });
});

describe('the dashboard', () => {
  it.each(panels.map((panel) => [panel.title, panel]))(
    '%s: shows series that exist',
    (_title, { targets = [] }) => {
      expect(targets.length).toBeGreaterThan(0);
      for (const { expr, legendFormat } of targets) {
        expect(problemsOf(expr)).toEqual([]);
        const labels = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = '']) => label);
        const given = expr.includes('by (')
          ? namesIn(expr.replaceAll('$__rate_interval', '5m')).groupedBy
          : ADDED;
        expect(labels.filter((label) => !given.includes(label))).toEqual([]);
      }
    },
  );

  it('has every metric of the gateway that an operator may look for', () => {
    const shown = new Set(
      panels.flatMap(({ targets = [] }) =>
        targets.flatMap(({ expr }) =>
          namesIn(expr.replaceAll('$__rate_interval', '5m')).metrics.map(({ name }) => name),
        ),
      ),
    );
    const missing = [...series.keys()].filter(
      (name) => name.startsWith('rivulet_') && !/_(sum|count)$/.test(name) && !shown.has(name),
    );
    // What visitors think of answers, and rare events, are not what one watches.
    expect(missing.sort()).toEqual([
      'rivulet_feedback_total',
      'rivulet_ignored_commands_total',
      'rivulet_merges_total',
      'rivulet_retention_finished_seconds',
    ]);
  });

  it('has panels with numbers of their own that do not overlap', () => {
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
    const cells = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, index) => `${x + (index % w)},${y + Math.floor(index / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
  });
});
