import { describe, expect, it } from 'vitest';
import { createMetrics } from './base/index.ts';
import { createReadiness } from './readiness.ts';

const available = { check: () => Promise.resolve() };
const away = { check: (): Promise<void> => Promise.reject(new Error('away')) };

function open(dependencies: { store?: typeof away; eventLog?: typeof away; files?: typeof away }) {
  const metrics = createMetrics();
  const lifecycle = { isDraining: false };
  const all = { store: available, eventLog: available, files: undefined, ...dependencies };
  const check = createReadiness({ lifecycle, metrics, ...all });
  const read = (name: string) => metrics.registry.getSingleMetricAsString(name);
  return { check, lifecycle, read };
}

describe('the readiness of a gateway', () => {
  it('measures how long each dependency takes to answer', async () => {
    const { check, read } = open({ files: available });
    await check();
    await check();
    for (const dependency of ['store', 'event-log', 'files'])
      expect(await read('rivulet_check_seconds')).toContain(
        `rivulet_check_seconds_count{dependency="${dependency}"} 2`,
      );
  });

  it('rejects with the error of a dependency that is away, and counts each of them', async () => {
    const { check, read } = open({ store: away, eventLog: away });
    await expect(check()).rejects.toThrow('away');
    const counted = await read('rivulet_check_failures_total');
    expect(counted).toContain('{dependency="store"} 1');
    expect(counted).toContain('{dependency="event-log"} 1');
    expect(await read('rivulet_check_seconds')).not.toContain('_count{');
  });

  it('counts from 0, so that the first failure of a gateway is an increase', async () => {
    const { read } = open({});
    expect(await read('rivulet_check_failures_total')).toContain('{dependency="event-log"} 0');
  });

  it('asks nobody while the gateway drains', async () => {
    const { check, lifecycle, read } = open({ store: away });
    lifecycle.isDraining = true;
    await expect(check()).rejects.toMatchObject({ code: 'draining' });
    expect(await read('rivulet_check_failures_total')).toContain('{dependency="store"} 0');
  });
});
