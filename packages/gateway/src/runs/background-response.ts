/**
 * The response that the upstream of one run writes in the background: it is noted for the gateway that takes the run over, and
 * cancelled when nobody wants it any more.
 */
import type { BackgroundRequest, Provider, ResponseReference } from '../providers/provider.ts';
import { upstreamsOf } from '../providers/upstreams/chain.ts';
import type { Site } from '../sites/sites.ts';
import type { Checkpoints } from './checkpoints.ts';
import { savedReplyOf, type StartedRun } from './started-run.ts';
import { noteOf, savedNote } from './run-note.ts';

/** The response of one run, if its upstream writes one. */
export interface BackgroundResponse {
  /** How the first round is asked for; undefined when the site does not want it. */
  readonly request: BackgroundRequest | undefined;
  /** The response was read to its end. */
  end(): void;
  /** Cancels the response, and one that is named later. Not awaited: whether it succeeds changes nothing for the run. */
  cancel(): void;
}

/** The provider of the gateway, for sites without their own. */
type Own = Pick<{ provider: Provider }, 'provider'>;

/** Creates the response of one run. */
export function createBackgroundResponse(
  own: Own & { checkpoints: Checkpoints },
  run: StartedRun,
): BackgroundResponse {
  const { earlier, site, started } = run;
  const resume = earlier?.reattached?.response;
  let current = resume;
  let isUnwanted = false;
  const drop = () => {
    if (current !== undefined) cancelResponse(own, site, current);
    current = undefined;
  };
  const note = noteOf(run, (earlier?.attempts ?? 0) + 1);
  const request: BackgroundRequest = {
    resume,
    onResponse(response) {
      drop(); // of an attempt that failed
      current = response;
      if (isUnwanted) drop();
      // The upstream may name it before the message is in the store, and before the first note is.
      started.then(
        () => {
          own.checkpoints.add(savedReplyOf(run), [savedNote({ ...note, response })]);
        },
        () => undefined, // there is no reply to save it with
      );
    },
  };
  return {
    request: site.reattach === true ? request : undefined,
    end() {
      current = undefined;
    },
    cancel() {
      isUnwanted = true;
      drop();
    },
  };
}

/** The upstreams that may have written the replies of a site. */
const upstreamsOfSite = ({ provider }: Own, site: Pick<Site, 'provider'>): readonly Provider[] =>
  upstreamsOf(site.provider ?? provider);

/** Cancels a response at its upstream. Not awaited, and it does not matter whether it is there. */
export function cancelResponse(own: Own, site: Pick<Site, 'provider'>, response: ResponseReference): void {
  for (const { background } of upstreamsOfSite(own, site)) void background?.cancel(response);
}

/** The upstream of a site that has a response which can still be read. */
export async function upstreamWith(
  own: Own,
  site: Pick<Site, 'provider'>,
  { response, signal }: { response: ResponseReference; signal: AbortSignal },
): Promise<Provider | undefined> {
  for (const upstream of upstreamsOfSite(own, site))
    if (await upstream.background?.has(response, signal)) return upstream;
  return undefined;
}
