/** Checks of webhooks: whether their endpoints can be reached as a gateway reaches them, and what waits for them. No event is sent. */
import { connect as connectPlain } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { describeNetworkFailure } from '../../base/index.ts';
import { proxyFor } from '../../providers/upstream-proxy.ts';
import { proxiesOfProcess } from '../../webhooks/environment-proxy.ts';
import { checkHost, lookupPublic, PrivateAddressError } from '../../base/private-addresses.ts';
import { openTunnel } from '../../webhooks/proxy-tunnel.ts';
import { keyOfSecret } from '../../webhooks/signature.ts';
import type { Config } from '../config.ts';
import { fault, ok, type Finding } from './finding.ts';

type Webhook = Config['webhooks'][number];

/** How endpoints are looked at. */
export interface WebhookCheckOptions {
  signal: AbortSignal;
  /** An authority in PEM beside those that Node knows. */
  ca?: string | undefined;
}

/** Connects once to the endpoint, by its number in the configuration. */
export async function checkWebhook(
  webhook: Webhook,
  index: number,
  options: WebhookCheckOptions,
): Promise<Finding[]> {
  const check = `webhook ${index + 1}`;
  return [await checkEndpoint(check, webhook, options), checkSecret(`${check} secret`, webhook)];
}

async function checkEndpoint(
  check: string,
  webhook: Webhook,
  options: WebhookCheckOptions,
): Promise<Finding> {
  const { host, protocol } = new URL(webhook.url);
  try {
    await connectTo(webhook, options);
    const how = protocol === 'https:' ? 'has a valid certificate' : 'takes connections, without TLS';
    return ok(check, `${host} ${how}.`);
  } catch (error) {
    if (error instanceof PrivateAddressError)
      return fault(
        check,
        `${host} is a private address, so that nothing is sent to it.`,
        'Use the public name of the receiver, or set allowPrivate for this webhook when that is intended.',
      );
    const problem = certificateProblem(error);
    if (problem !== undefined)
      return fault(check, `The certificate of ${host} is not accepted: ${problem}.`, CERTIFICATE_MEND);
    const what = describeNetworkFailure(error) ?? 'cannot be reached';
    return fault(check, `${host} ${what}.`, 'Start the receiver, and correct its address or the URL.');
  }
}

const CERTIFICATE_MEND =
  'Renew it with a known authority, with its intermediate certificates, for the host of the URL; or give Node your authority by NODE_EXTRA_CA_CERTS.';

/** The code of OpenSSL or of Node; undefined for another failure. */
function certificateProblem(error: unknown): string | undefined {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
  return typeof code === 'string' && /CERT|SIGNATURE|ISSUER/.test(code) ? code : undefined;
}

/** With the lookup and the proxy of a delivery. @throws {Error} of the network or of TLS; {PrivateAddressError} */
async function connectTo(webhook: Webhook, options: WebhookCheckOptions): Promise<void> {
  const { url, allowPrivate } = webhook;
  const proxy = allowPrivate === true ? undefined : proxyFor(url, proxiesOfProcess());
  if (proxy === undefined) return connectDirectly(webhook, options);
  const { hostname, port } = new URL(url);
  const to = { hostname: hostname.replace(/^\[(.*)\]$/, '$1'), port: port === '' ? 443 : Number(port) };
  (await openTunnel({ proxy, ...to })).destroy();
}

function connectDirectly(
  { url: text, allowPrivate }: Webhook,
  { signal, ca }: WebhookCheckOptions,
): Promise<void> {
  const url = new URL(text);
  if (allowPrivate !== true) checkHost(url);
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const isTls = url.protocol === 'https:';
  const port = url.port === '' ? (isTls ? 443 : 80) : Number(url.port);
  const to = { host, port, ...(allowPrivate === true ? {} : { lookup: lookupPublic }) };
  const trusted = ca === undefined ? {} : { ca };
  return new Promise((resolve, reject) => {
    const socket = isTls ? connectTls({ ...to, ...trusted }) : connectPlain(to);
    socket.once(isTls ? 'secureConnect' : 'connect', () => {
      socket.destroy();
      resolve();
    });
    socket.once('error', reject);
    signal.addEventListener('abort', () => socket.destroy(), { once: true });
  });
}

/** Fewer are no random bytes: 24 have 22 different values or more nearly always. */
const MIN_DISTINCT_BYTES = 16;

function checkSecret(check: string, { secret = [] }: Webhook): Finding {
  const isWeak = secret.some((one) => new Set(keyOfSecret(one)).size < MIN_DISTINCT_BYTES);
  return isWeak
    ? fault(
        check,
        'The secret has too few different bytes to be a random one: it can be guessed, and with it deliveries can be forged.',
        "Create one with node -p \"'whsec_' + crypto.randomBytes(32).toString('base64')\", and use both until the receiver has it.",
      )
    : ok(check, 'The secret is long enough.');
}
