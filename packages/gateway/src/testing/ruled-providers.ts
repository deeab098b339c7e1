/** Providers under the gateway's rules for upstreams, with a fake clock, for tests of retries, chains, breakers and queues. */
import { vi } from 'vitest';
import { createMetrics, DEFAULT_LIMITS, silentLogger, type Limits, type Logger } from '../base/index.ts';
import { createFallbackProvider } from '../providers/fallback.ts';
import type { Provider, ProviderCaller, ProviderEvent, ProviderRequest } from '../providers/provider.ts';
import { createUpstreamRules } from '../providers/upstreams/upstream-rules.ts';
import { eventsIn } from './contracts/provider-contract.ts';
import { createFakeClock } from './fake-clock.ts';
import { createScriptProvider, type ScriptProvider } from './script-provider.ts';

/** One answer, as its caller sees it so far. */
export interface RuledAnswer {
  events: ProviderEvent[];
  /** Resolves at the end: with the error, or with `ended`. */
  end: Promise<unknown>;
  stop: AbortController;
}

/** Lets everything happen that waits for no timer. */
export const flush = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Starts the rules over scripted providers, which are called by these names and asked in this order. */
export function startRules(names: readonly string[], limits: Partial<Limits> = {}) {
  const clock = createFakeClock();
  const metrics = createMetrics();
  const logger = { ...silentLogger, info: vi.fn<Logger['info']>(), warn: vi.fn<Logger['warn']>() };
  const scripts = new Map(names.map((name) => [name, createScriptProvider()]));
  const scriptOf = (name: string): ScriptProvider => {
    const script = scripts.get(name);
    if (script === undefined) throw new Error(`no provider ${name}`);
    return script;
  };
  const calls: { name: string; atMs: number; request: ProviderRequest }[] = [];
  const named = (name: string): Provider => ({
    name,
    upstreamOf: () => name,
    stream(request, signal) {
      calls.push({ name, atMs: clock.now(), request });
      return scriptOf(name).stream(request, signal);
    },
  });
  const all: Limits = { ...DEFAULT_LIMITS, ...limits };
  const underRules = createUpstreamRules({
    ...{ clock, metrics, logger, limits: all, ownLimits: limits },
    random: (length) => new Uint8Array(length).fill(255),
  });
  const provider = underRules(createFallbackProvider(names.map(named)));
  return {
    ...{ clock, metrics, logger, calls, provider, underRules, named },
    /** The next call of one provider. */
    scene: (name: string) => scriptOf(name).next(),
    ask(caller?: ProviderCaller, by = provider): RuledAnswer {
      const stop = new AbortController();
      const events: ProviderEvent[] = [];
      const request: ProviderRequest = {
        messages: [{ role: 'user', text: 'Hi' }],
        ...(caller === undefined ? {} : { caller }),
      };
      const read = async () => {
        for await (const event of eventsIn(by.stream(request, stop.signal))) events.push(event);
        return 'ended';
      };
      return { events, stop, end: read().catch((error: unknown) => error) };
    },
  };
}
