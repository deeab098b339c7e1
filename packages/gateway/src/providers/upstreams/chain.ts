/** The upstreams of one request, in the order in which they are preferred. Pure. */
import type { Provider, ProviderRequest } from '../provider.ts';

/** The providers that a provider chooses from: itself, if it is no chain. */
export const upstreamsOf = (provider: Provider): readonly Provider[] => provider.upstreams ?? [provider];

/**
 * The request as the upstream at a place gets it. The model and the settings of a site are those of the first one; their headers may be
 * as secret as a key. The others get no more of the context than their model has room for.
 */
export function requestTo(
  upstreams: readonly Provider[],
  place: number,
  request: ProviderRequest,
): ProviderRequest {
  if (place === 0) return request;
  const { model: _model, settings: _settings, messages, ...rest } = request;
  const limits = upstreams[place]?.modelLimits?.({}) ?? {};
  return { ...rest, messages: request.caller?.fit?.(messages, limits) ?? messages };
}

/** Names the upstream of a request: in logs and metrics, and for what its requests share. */
export const upstreamNameOf = (provider: Provider, request: Pick<ProviderRequest, 'model'>): string =>
  provider.upstreamOf?.(request) ?? [provider.name, request.model].filter(Boolean).join(' ');

/** Whether a request sends files. */
export const hasFiles = ({ messages }: Pick<ProviderRequest, 'messages'>): boolean =>
  messages.some(
    (message) => message.role === 'user' && message.files?.some(({ bytes }) => bytes !== undefined) === true,
  );
