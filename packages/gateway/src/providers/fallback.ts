/** A provider made of several, for when one of them does not answer. */
import type { Provider, ProviderRequest } from './provider.ts';
import { AttemptedAnswer, type Attempts } from './upstreams/attempts.ts';
import { kindOfFailure } from './upstreams/failure-kinds.ts';
import { hasFiles, requestTo } from './upstreams/chain.ts';

/**
 * Creates a provider that asks the given ones in this order: the next one when one fails before its first content. After that nothing
 * is asked again, and what was attached to an answer goes back to its own upstream only. The model and the settings of a request are
 * for the first one, the others use their own: another service has neither the model nor the header.
 *
 * In a gateway each of them has its own time limits, circuit breaker and limit of requests at once, and failed ones are retried.
 * @throws {TypeError} when there are none
 */
export function createFallbackProvider(providers: readonly Provider[]): Provider {
  const upstreams = providers.flatMap((provider) => provider.upstreams ?? [provider]);
  const [first] = upstreams;
  if (first === undefined) throw new TypeError('expected at least one provider');
  return {
    name: upstreams.map(({ name }) => name).join(', '),
    upstreams,
    secrets: () => upstreams.flatMap((upstream) => upstream.secrets?.() ?? []),
    modelLimits: (request) => first.modelLimits?.(request) ?? {},
    modelsOf: (request) => [
      ...new Set(
        upstreams.flatMap((upstream, place) => upstream.modelsOf?.(place === 0 ? request : {}) ?? []),
      ),
    ],
    upstreamOf: (request) => first.upstreamOf?.(request) ?? first.name,
    ...(upstreams.some((upstream) => 'check' in upstream) ? { check: () => checkAny(upstreams) } : {}),
    stream: (request, signal, onActivity) =>
      new AttemptedAnswer(oneByOne({ upstreams, request, signal, onActivity }), signal),
  };
}

/** One that can be reached is enough. @throws the first error */
async function checkAny(upstreams: readonly Provider[]): Promise<void> {
  try {
    await Promise.any(upstreams.map(async (upstream) => upstream.check?.()));
  } catch (error) {
    throw error instanceof AggregateError ? (error.errors as unknown[])[0] : error;
  }
}

interface Chain {
  upstreams: readonly Provider[];
  request: ProviderRequest;
  signal: AbortSignal;
  onActivity: (() => void) | undefined;
}

function oneByOne({ upstreams, request, signal, onActivity }: Chain): Attempts {
  let next = 0;
  return {
    open() {
      const upstream = upstreams[next];
      const answer = upstream?.stream(requestTo(upstreams, next, request), signal, onActivity);
      next += 1;
      return Promise.resolve(answer?.[Symbol.asyncIterator]());
    },
    accept: () => undefined,
    mayGoOn: (error) => next < upstreams.length && kindOfFailure(error, hasFiles(request)) !== 'request',
  };
}
