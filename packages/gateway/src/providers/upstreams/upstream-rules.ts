/** The rules by which a gateway asks its upstreams: retries, the next one of a chain, circuit breakers, slots and limits of time. */
import type { RandomBytes } from '@rivulet/protocol';
import { DEFAULT_LIMITS, type Limits } from '../../base/index.ts';
import type { Provider, ProviderRequest } from '../provider.ts';
import { TimedAnswer, type ProviderTimeouts } from '../provider-timeouts.ts';
import { AttemptedAnswer } from './attempts.ts';
import { requestTo, upstreamNameOf, upstreamsOf } from './chain.ts';
import { createUpstreamAttempts, type Target } from './upstream-attempts.ts';
import { createUpstreamStates, type UpstreamStates, type UpstreamStatesOptions } from './upstream-states.ts';

/** What the rules need. */
export interface UpstreamRulesOptions extends UpstreamStatesOptions {
  /** What the caller of `createGateway` has set: it counts more than what suits a provider. */
  ownLimits?: Partial<Limits> | undefined;
  /** For the spread of the waits. */
  random: RandomBytes;
}

/**
 * Creates what puts providers under the rules. The answers of all of them share the state of an upstream, by its name.
 *
 * - A failure before the first content is repeated: with another upstream of the chain at once, with the same one at most
 *   `maxUpstreamRetries` times within `upstreamRetryMs`. A wait that the upstream asks for is kept.
 * - Nothing is asked again after the first content.
 * - An upstream that mostly fails is not asked; one with `maxUpstreamRequests` open requests is asked when it is the run's turn.
 *
 * @throws {ChatError} from the streams: the errors of the providers; `upstream-overloaded` with `retryAfterMs` when no upstream may be
 *   asked
 */
export function createUpstreamRules(options: UpstreamRulesOptions): (provider: Provider) => Provider {
  const states = createUpstreamStates(options);
  const known = new WeakMap<Provider, Provider>();
  return (provider) => {
    const ruled = known.get(provider) ?? ruledBy(options, states, provider);
    known.set(provider, ruled);
    return ruled;
  };
}

function ruledBy(options: UpstreamRulesOptions, states: UpstreamStates, provider: Provider): Provider {
  const upstreams = upstreamsOf(provider);
  const timeouts = new Map(upstreams.map((one) => [one, timeoutsOf(one, options)]));
  const targetOf = (one: Provider, place: number, request: ProviderRequest): Target => {
    const { model } = request;
    const asked = place === 0 && model !== undefined ? { model } : {};
    const name = upstreamNameOf(one, asked);
    return {
      state: states.of(name, one.maxRequests),
      provider: one,
      model: one.modelsOf?.(asked)[0] ?? asked.model,
      call: (signal, onEnd) =>
        new TimedAnswer({
          ...{ provider: one, request: requestTo(upstreams, place, request), signal, onEnd },
          ...{ clock: options.clock, limits: timeouts.get(one) ?? timeoutsOf(one, options) },
        }),
    };
  };
  return {
    name: provider.name,
    upstreams,
    secrets: () => provider.secrets?.() ?? [],
    modelLimits: (request) => provider.modelLimits?.(request) ?? {},
    modelsOf: (request) => provider.modelsOf?.(request) ?? [],
    stream(request, signal) {
      const targets = upstreams.map((one, place) => targetOf(one, place, request));
      return new AttemptedAnswer(createUpstreamAttempts(options, { request, targets, signal }), signal);
    },
  };
}

/** The limits of time of one upstream: what is configured, what suits it, the defaults. */
function timeoutsOf({ limits: suiting }: Provider, { ownLimits }: UpstreamRulesOptions): ProviderTimeouts {
  const set = Object.entries(ownLimits ?? {}).filter(([, value]: [string, unknown]) => value !== undefined);
  const limits: Limits = { ...DEFAULT_LIMITS, ...suiting, ...Object.fromEntries(set) };
  return {
    headersMs: limits.upstreamHeadersMs,
    firstContentMs: limits.upstreamFirstContentMs,
    contentGapMs: limits.upstreamGapMs,
    totalMs: limits.upstreamTotalMs,
  };
}
