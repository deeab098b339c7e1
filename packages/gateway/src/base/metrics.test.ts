import { expect, it } from 'vitest';
import { createMetrics } from './metrics.ts';

it('a value that is in no table is counted as `other`, whatever chose it', async () => {
  const metrics = createMetrics();
  for (const chosen of ['busy', 'constructor', 'made-up']) {
    metrics.rejected.inc({ code: chosen });
    metrics.runs.inc({ reason: chosen, code: '' });
  }
  const text = await metrics.registry.metrics();
  const series = text.split('\n').filter((line) => /^rivulet_(rejected|runs)_total/.test(line));
  expect(series.toSorted()).toEqual([
    'rivulet_rejected_total{code="busy"} 1',
    'rivulet_rejected_total{code="other"} 2',
    'rivulet_runs_total{reason="other",code=""} 3',
  ]);
});

it('what adapters count themselves is read with each scrape, and is 0 without them', async () => {
  const figures = { appendsWaiting: 3, leadsLost: 1 };
  const metrics = createMetrics({ eventLog: { figures }, store: {} });
  const read = async () =>
    (await metrics.registry.metrics())
      .split('\n')
      .filter((line) => /^rivulet_(log_appends|leads|store_pool)/.test(line))
      .map((line) => line.replace('rivulet_', ''));
  expect(await read()).toEqual([
    'log_appends_waiting 3',
    'leads_lost_total 1',
    'store_pool_used 0',
    'store_pool_waiting 0',
  ]);
  figures.leadsLost = 2;
  expect(await read()).toContain('leads_lost_total 2');
});
