/** placeholder until merged */
import type { Clock } from './clock.ts';
import type { Limits } from './limits.ts';
import type { ProviderEvent } from './providers/provider.ts';
export interface WatchOptions {
  open: (signal: AbortSignal) => AsyncIterable<ProviderEvent>;
  signal: AbortSignal;
  clock: Clock;
  limits: Limits;
}
export function watch({ open, signal }: WatchOptions): AsyncIterable<ProviderEvent> {
  return open(signal);
}
