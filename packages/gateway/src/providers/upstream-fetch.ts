/**
 * The HTTP client of the upstream. It has the interface of `fetch`, so that the `openai` SDK can use it, and gives the bodies of
 * successful responses as Node streams: reading them through web streams would cost twice the CPU.
 */
import { pipeline, Readable, type Transform } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { createBrotliDecompress, createGunzip, createInflate, type Zlib } from 'node:zlib';
import { Agent, ProxyAgent, request, type Dispatcher } from 'undici';
import { createExpansionGuard } from './excessive-answer.ts';
import { explainProxy } from './upstream-proxy.ts';

/** A `fetch` and the bodies of its responses. */
export interface UpstreamFetch {
  /** Does not follow redirects. The body of a failed response is cut to 64 KiB. */
  fetch: typeof globalThis.fetch;
  /**
   * The body of a successful response, decompressed. Call it once for each; the caller must read the stream to its end or destroy
   * it. The stream may be destroyed without a listener for its errors.
   */
  bodyOf: (response: Response) => Readable;
  /** The text of a failed response, cut to 64 KiB. Never rejects: the status is more important than the text. */
  errorTextOf: (response: Response) => Promise<string>;
}

/** Enough for every error text; a proxy's error page, or an endless body, is not read to its end. */
const ERROR_BODY_MAX_BYTES = 64 * 1024;

/** Statuses of responses that `Response` permits no body for. */
const NO_BODY_STATUSES = new Set([204, 205, 304]);
/** `Response` permits no greater status. Some proxies invent them; all are failures. */
const STATUS_MAX = 599;

/**
 * Creates the client of one provider. Idle connections do not keep the process alive.
 * @param custom replaces undici; its bodies are read from its web streams
 * @param proxy the proxy to send the requests through
 */
export function createUpstreamFetch(custom?: typeof globalThis.fetch, proxy?: URL): UpstreamFetch {
  const errorTextOf = (response: Response) => readStart(readableOf(response), ERROR_BODY_MAX_BYTES);
  if (custom !== undefined) return { fetch: custom, bodyOf: readableOf, errorTextOf };
  const dispatcher = createDispatcher(proxy);
  const bodies = new WeakMap<Response, Readable>();
  return {
    async fetch(input, init) {
      const { statusCode, headers, body } = await request(String(input as string | URL), {
        ...requestOf(init),
        dispatcher,
      }).catch((error: unknown) => {
        throw explainProxy(error);
      });
      ignoreLateErrors(body);
      const options = { status: Math.min(statusCode, STATUS_MAX), headers: headersOf(headers) };
      const decoded = decompressed(body, options.headers.get('content-encoding'));
      if (statusCode < 200 || statusCode > 299) {
        const text = await readStart(decoded, ERROR_BODY_MAX_BYTES);
        return new Response(NO_BODY_STATUSES.has(statusCode) ? null : text, options);
      }
      const response = new Response(null, options);
      bodies.set(response, decoded);
      return response;
    },
    bodyOf: (response) => bodies.get(response) ?? readableOf(response),
    errorTextOf,
  };
}

/** Without limits of time, which `withProviderTimeouts` sets, and of connections, because each answer holds one. */
const NO_LIMITS = { headersTimeout: 0, bodyTimeout: 0 };

/** Creates what sends the requests, through the proxy if there is one. */
function createDispatcher(proxy: URL | undefined): Dispatcher {
  if (proxy === undefined) return new Agent(NO_LIMITS);
  // A request to http:// is sent to the proxy itself: many proxies permit tunnels to port 443 only.
  return new ProxyAgent({ ...NO_LIMITS, uri: proxy.href, proxyTunnel: false });
}

function requestOf(init: RequestInit = {}): Omit<Dispatcher.RequestOptions, 'origin' | 'path'> {
  const { method = 'GET', headers, body, signal } = init;
  return {
    method,
    // The SDK sends JSON text.
    body: (body ?? null) as string | null,
    signal: signal ?? null,
    // The connection of a proxy does not take them from the dispatcher.
    ...NO_LIMITS,
    // A compressor would hold bytes back until a block is full.
    headers: { ...Object.fromEntries(new Headers(headers)), 'accept-encoding': 'identity' },
  };
}

function headersOf(fields: Record<string, string | string[] | undefined>): Headers {
  const headers = new Headers();
  for (const [name, value = []] of Object.entries(fields))
    for (const item of typeof value === 'string' ? [value] : value) headers.append(name, item);
  return headers;
}

/** Some proxies compress although they were asked not to. */
function decompressed(body: Readable, encoding: string | null): Readable {
  const decoder = decoderOf(encoding?.trim().toLowerCase());
  if (decoder === undefined) return body;
  const guard = createExpansionGuard(() => decoder.bytesWritten);
  // Errors of each stream are emitted by the last one, and destroying the last one destroys all.
  pipeline(body, decoder, guard, () => undefined);
  ignoreLateErrors(guard);
  return guard;
}

function decoderOf(encoding: string | undefined): (Transform & Zlib) | undefined {
  if (encoding === 'gzip' || encoding === 'x-gzip') return createGunzip();
  if (encoding === 'deflate') return createInflate();
  return encoding === 'br' ? createBrotliDecompress() : undefined;
}

/** The body of a response of another `fetch`. */
function readableOf({ body }: Response): Readable {
  // The types of Node's global stream and of its own module differ; it is the same class.
  const readable = body === null ? Readable.from([]) : Readable.fromWeb(body as ReadableStream<Uint8Array>);
  ignoreLateErrors(readable);
  return readable;
}

/** A stream that is destroyed emits an error, which would end the process when nobody listens. Its reader has its own listener. */
function ignoreLateErrors(body: Readable): void {
  body.on('error', () => undefined);
}

/** The text at the start of a body. When the body breaks, what has arrived: the status is more important than the text. */
async function readStart(body: Readable, maxBytes: number): Promise<string> {
  const pieces: Uint8Array[] = [];
  let left = maxBytes;
  try {
    for await (const piece of body as AsyncIterable<Uint8Array>) {
      pieces.push(piece.subarray(0, left));
      left -= piece.length;
      if (left <= 0) break; // also destroys the stream
    }
  } catch {
    // The rest is missing, as the docstring says.
  }
  return Buffer.concat(pieces).toString('utf8');
}
