/** Responses that an upstream writes in the background: whether it has one, and how one that nobody wants is cancelled. */
import type { Readable } from 'node:stream';
import { systemClock } from '../base/index.ts';
import { record } from './json-fields.ts';
import { createPost, type Create } from './openai-client.ts';
import { OPENAI_BASE_URL, type OpenAiUpstreamOptions } from './openai-options.ts';
import type { ProviderBackground } from './provider.ts';
import { createUpstreamFetch } from './upstream-fetch.ts';
import { isSameService, originOf } from './upstream-origin.ts';
import { proxyFor } from './upstream-proxy.ts';

/** The methods of the SDK, each for the id of a response. */
export interface BackgroundApi {
  find: Create<string>;
  cancel: Create<string>;
}

/** How long the upstream may take to cancel. */
const CANCEL_MS = 10_000;
/** A response holds the whole answer, and what it was asked. */
const MAX_RESPONSE_CHARS = 4_000_000;
/** The states of a response that can still be read as an answer. */
const READABLE = new Set<unknown>(['queued', 'in_progress', 'completed', 'incomplete']);

/** Creates the calls of one upstream. @param name the name of the API in the origin of its answers */
export function createBackground(
  options: OpenAiUpstreamOptions,
  { name, api }: { name: string; api: BackgroundApi },
): ProviderBackground {
  const { baseUrl = OPENAI_BASE_URL, clock = systemClock } = options;
  const { fetch, bodyOf } = createUpstreamFetch(options.fetch, proxyFor(baseUrl, options.proxy));
  const [find, cancel] = [createPost(options, fetch, api.find), createPost(options, fetch, api.cancel)];
  const headers = options.request?.extraHeaders ?? {};
  // The family of the model is not compared: the site may have another model by now.
  const service = originOf(name, baseUrl, '');
  return {
    async has({ origin, id }, signal) {
      if (!isSameService(origin, service)) return false;
      try {
        return isReadable(await textOf(bodyOf(await find(id, { headers, signal }))));
      } catch {
        return false; // refused, or the upstream cannot be reached: in both cases there is nothing to read
      }
    },
    async cancel({ origin, id }) {
      if (!isSameService(origin, service)) return;
      const late = new AbortController();
      const timer = clock.after(CANCEL_MS, () => {
        late.abort();
      });
      try {
        bodyOf(await cancel(id, { headers, signal: late.signal })).destroy();
      } catch {
        // It has ended, or the upstream cannot be reached: then it ends by itself.
      }
      timer.cancel();
    },
  };
}

function isReadable(text: string): boolean {
  return READABLE.has(record(JSON.parse(text)).status);
}

async function textOf(body: Readable): Promise<string> {
  let text = '';
  for await (const piece of body.setEncoding('utf8')) {
    text += String(piece);
    if (text.length > MAX_RESPONSE_CHARS) break; // also destroys the stream
  }
  return text;
}
