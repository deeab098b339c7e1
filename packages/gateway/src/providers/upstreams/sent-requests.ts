/** Notes the requests of a run for its operator: who was asked, and which of them failed. */
import { ChatError } from '@rivulet/protocol';
import type { Provider, ProviderRequest, SentRequest } from '../provider.ts';
import { UpstreamError } from '../upstream-error.ts';

/** Who is asked. */
interface Asked {
  /** With the name of the upstream. */
  state: { readonly name: string };
  provider: Provider;
  model: string | undefined;
}

/** Notes a request that is sent now. @returns what to call with its failure, if it fails */
export function noteSent(
  { caller }: Pick<ProviderRequest, 'caller'>,
  { state, provider, model }: Asked,
): (failure: unknown) => void {
  const sent: SentRequest = { upstream: state.name, provider: provider.name, model };
  caller?.sent?.push(sent);
  return (failure) => {
    const { code, cause } = ChatError.from(failure);
    sent.failure = { code, status: cause instanceof UpstreamError ? cause.status : undefined };
  };
}
