/** Sends one delivery to its endpoint. */
import { Agent, request, type buildConnector, type Dispatcher } from 'undici';
import type { Clock } from '../base/index.ts';
import { checkHost, lookupPublic, PrivateAddressError } from '../base/private-addresses.ts';
import { proxyFor, type UpstreamProxy } from '../providers/upstream-proxy.ts';
import type { SendOutcome } from './delivery-target.ts';
import { openTunnel } from './proxy-tunnel.ts';
import type { WebhookSettings } from './settings.ts';
import { signedHeaders } from './signature.ts';

/** What is sent, and where. */
export interface Sending {
  endpoint: Pick<WebhookSettings, 'url' | 'allowPrivate'> & { secrets: readonly string[] };
  id: string;
  body: string;
  signal: AbortSignal;
}

/** Sends deliveries. */
export interface WebhookSender {
  /** Never rejects. */
  send(sending: Sending): Promise<SendOutcome>;
  /** Ends all connections. */
  close(): void;
}

/** What the Standard Webhooks specification proposes: a receiver that works longer should answer first. */
const TIMEOUT_MS = 15_000;
/** An answer is not read, but its connection is used again when it is short. */
const MAX_ANSWER_BYTES = 16 * 1024;
/** Statuses of endpoints that are overloaded or not running. Another error of a server may be about the event. */
const AWAY = new Set([429, 502, 503, 504]);

/**
 * Creates the sender of a gateway. Its idle connections do not keep the process alive.
 * @param proxies through which endpoints of the internet are reached; those with `allowPrivate` never are. Default: none
 */
export function createWebhookSender(clock: Clock, proxies: UpstreamProxy = {}): WebhookSender {
  const times = { headersTimeout: 0, bodyTimeout: 0 }; // the clock ends a request
  const anywhere = new Agent(times);
  const onlyPublic = new Agent({ ...times, connect: { lookup: lookupPublic } });
  const byProxy = new Map<string, Agent>();
  const agentFor = ({ url, allowPrivate }: Sending['endpoint']): Agent => {
    const proxy = allowPrivate === true ? undefined : proxyFor(url, proxies);
    if (proxy === undefined) return allowPrivate === true ? anywhere : onlyPublic;
    const agent = byProxy.get(proxy.href) ?? new Agent({ ...times, connect: connectorBy(proxy) });
    byProxy.set(proxy.href, agent); // one for each scheme at most
    return agent;
  };
  return {
    async send({ endpoint, id, body, signal }) {
      const timeout = new AbortController();
      const timer = clock.after(TIMEOUT_MS, () => {
        timeout.abort();
      });
      try {
        const url = new URL(endpoint.url);
        if (endpoint.allowPrivate !== true) checkHost(url);
        const timestampS = Math.floor(clock.now() / 1000);
        const status = await post(url, {
          body,
          headers: {
            'content-type': 'application/json',
            'user-agent': 'rivulet-webhooks',
            ...signedHeaders({ id, timestampS, body }, endpoint.secrets),
          },
          signal: AbortSignal.any([signal, timeout.signal]),
          dispatcher: agentFor(endpoint),
        });
        return outcomeOf(status);
      } catch (error) {
        return { kind: 'away', problem: timeout.signal.aborted ? SLOW : problemOf(error) };
      } finally {
        timer.cancel();
      }
    },
    close() {
      for (const agent of [anywhere, onlyPublic, ...byProxy.values()]) void agent.destroy();
    },
  };
}

const connectorBy =
  (proxy: URL): buildConnector.connector =>
  ({ hostname, port, protocol }, done) => {
    const to = {
      hostname: hostname.replace(/^\[|\]$/g, ''),
      port: Number(port || (protocol === 'https:' ? 443 : 80)),
    };
    openTunnel({ proxy, ...to }).then(
      (socket) => {
        done(null, socket);
      },
      (error: unknown) => {
        done(error as Error, null); // `openTunnel` rejects with errors
      },
    );
  };

const SLOW = `It has not answered within ${TIMEOUT_MS / 1000} s.`;

type Post = Pick<Dispatcher.RequestOptions, 'headers' | 'signal'> & { body: string; dispatcher: Dispatcher };

/** Does not follow redirects: undici does not unless it is told to. @returns the status */
async function post(url: URL, options: Post): Promise<number> {
  const response = await request(url, { ...options, method: 'POST' });
  response.body.on('error', () => undefined); // the status is all that matters
  await response.body.dump({ limit: MAX_ANSWER_BYTES }).catch(() => undefined);
  return response.statusCode;
}

function outcomeOf(status: number): SendOutcome {
  if (status >= 200 && status <= 299) return { kind: 'delivered' };
  if (status >= 300 && status <= 399)
    return {
      kind: 'refused',
      problem: `It answers with a redirect (status ${status}), which is not followed.`,
    };
  return { kind: AWAY.has(status) ? 'away' : 'refused', problem: `It answers with status ${status}.` };
}

/** Without the address: a URL may have a secret in it. */
function problemOf(error: unknown): string {
  if (error instanceof PrivateAddressError) return error.message;
  const { cause, code } = error as { cause?: unknown; code?: unknown }; // whatever was thrown
  if (cause instanceof PrivateAddressError) return cause.message;
  return typeof code === 'string' ? `It cannot be reached (${code}).` : 'It cannot be reached.';
}
