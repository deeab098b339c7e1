/** Whether the upstream can be reached, as `/readyz` reports it: checked when somebody asks, and not more often than needed. */
import { describeCause, type Clock, type Logger } from '../base/index.ts';
import type { Provider } from './provider.ts';

/** `unknown`: the first check has not ended yet. */
export type UpstreamStatus = 'reachable' | 'unreachable' | 'unknown';

/** What `createUpstreamStatus` needs. */
export interface UpstreamStatusOptions {
  provider: Pick<Provider, 'check'>;
  clock: Clock;
  logger: Logger;
}

/** Probes ask every few seconds; the upstream is not troubled by each of them. */
const KEPT_MS = 10_000;
/** A probe often waits for one second only. A check that takes longer goes on, and the next probe gets its result. */
const WAIT_MS = 500;

/**
 * Returns a function that tells the status; undefined for a provider that cannot be checked. It never rejects. A change is logged
 * once.
 */
export function createUpstreamStatus({
  provider,
  clock,
  logger,
}: UpstreamStatusOptions): (() => Promise<UpstreamStatus>) | undefined {
  if (provider.check === undefined) return undefined;
  let status: UpstreamStatus = 'unknown';
  let checkedAtMs = -Infinity;
  let checking: Promise<void> | undefined;
  const change = (next: UpstreamStatus, error?: unknown) => {
    if (next === 'unreachable' && status !== next)
      logger.warn(describeCause(error), 'the upstream cannot be reached; answers fail until it can');
    else if (status === 'unreachable' && next === 'reachable')
      logger.info({}, 'the upstream can be reached again');
    status = next;
    checkedAtMs = clock.now();
    checking = undefined;
  };
  const check = async () => {
    try {
      await provider.check?.();
      change('reachable');
    } catch (error) {
      change('unreachable', error);
    }
  };
  return async () => {
    if (clock.now() - checkedAtMs < KEPT_MS) return status;
    checking ??= check();
    const waited = Promise.withResolvers<undefined>();
    const timer = clock.after(WAIT_MS, () => {
      waited.resolve(undefined);
    });
    await Promise.race([checking, waited.promise]);
    timer.cancel();
    return status;
  };
}
