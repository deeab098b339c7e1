/** Begins the trace of one request to an upstream, if its run is traced. */
import type { Provider, ProviderRequest, RequestTrace } from '../provider.ts';

/** Who is asked. */
interface Asked {
  /** With the name of the upstream. */
  state: { readonly name: string };
  provider: Provider;
  model: string | undefined;
}

/** Begins the trace, and gives it to the adapter that sends the request. Requests of one run are sent one after the other. */
export function startTrace(
  { caller, messages }: ProviderRequest,
  { state, provider, model }: Asked,
): RequestTrace | undefined {
  if (caller?.startTrace === undefined) return undefined;
  const { name, server } = provider;
  caller.trace = caller.startTrace({ provider: name, upstream: state.name, model, server, messages });
  return caller.trace;
}
