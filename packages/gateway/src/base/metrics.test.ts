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
