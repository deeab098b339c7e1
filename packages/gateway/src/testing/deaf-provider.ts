/** A provider for tests of time limits: it ignores its signal. */
import type { Provider, ProviderOutput } from '../providers/provider.ts';

/** A provider that only the test controls. */
export interface DeafProvider {
  provider: Provider;
  /** Emits outputs. */
  give(...events: ProviderOutput[]): void;
  /** Ends the stream without `finished`. */
  over(): void;
  /** Whether the signal of the latest stream was aborted. */
  isAborted(): boolean | undefined;
  /** Shows that the upstream is alive. */
  showLife(): void;
}

/** Emits what the test gives it and ignores its signal: the worst case of a provider. */
export function createDeafProvider(): DeafProvider {
  const given: ProviderOutput[] = [];
  let wake: (() => void) | undefined;
  let isOver = false;
  let signal: AbortSignal | undefined;
  let onActivity: (() => void) | undefined;
  const provider: Provider = {
    name: 'deaf',
    async *stream(_request, given_, alive) {
      signal = given_;
      onActivity = alive;
      for (;;) {
        const next = given.shift();
        if (next !== undefined) yield next;
        else if (isOver) return;
        else await new Promise<void>((resolve) => (wake = resolve));
      }
    },
  };
  return {
    provider,
    give: (...events: ProviderOutput[]) => {
      given.push(...events);
      wake?.();
    },
    over: () => {
      isOver = true;
      wake?.();
    },
    isAborted: () => signal?.aborted,
    showLife: () => onActivity?.(),
  };
}
