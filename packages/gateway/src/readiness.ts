/** Whether the gateway should get traffic, with how long each of its dependencies took to say so. */
import { ChatError } from '@rivulet/protocol';
import type { Metrics } from './base/index.ts';
import type { Lifecycle } from './lifecycle.ts';

/** What can say whether it is available. */
interface Dependency {
  /** Rejects when it is not. */
  check(): Promise<void>;
}

/** What the checks need. */
export interface ReadinessOptions {
  lifecycle: Pick<Lifecycle, 'isDraining'>;
  metrics: Pick<Metrics, 'checkDuration' | 'checkFailures'>;
  store: Dependency;
  eventLog: Dependency;
  /** Undefined when this gateway accepts no files. */
  files: Dependency | undefined;
}

/**
 * Creates the check of `/readyz`. It asks all dependencies at once; those that fail are counted, also when another one has failed
 * first.
 * @returns a function that rejects with a `ChatError` `draining`, or with the error of a dependency that is not available
 */
export function createReadiness(options: ReadinessOptions): () => Promise<void> {
  const { lifecycle, metrics, store, eventLog, files } = options;
  const dependencies = Object.entries({ store, 'event-log': eventLog, ...(files && { files }) });
  for (const [dependency] of dependencies) metrics.checkFailures.inc({ dependency }, 0);
  const check = async (dependency: string, one: Dependency) => {
    const startedAtMs = performance.now();
    try {
      await one.check();
    } catch (error) {
      metrics.checkFailures.inc({ dependency });
      throw error;
    }
    metrics.checkDuration.observe({ dependency }, (performance.now() - startedAtMs) / 1000);
  };
  return async () => {
    if (lifecycle.isDraining) throw new ChatError('draining');
    await Promise.all(dependencies.map(([name, one]) => check(name, one)));
  };
}
