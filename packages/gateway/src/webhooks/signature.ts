/** Signatures of webhooks, in the format of Standard Webhooks (https://www.standardwebhooks.com), for senders and receivers. */
import { createHmac, timingSafeEqual } from 'node:crypto';

const PREFIX = 'whsec_';
const VERSION = 'v1';
/** What the specification demands of a key. */
const MIN_KEY_BYTES = 24;
const MAX_KEY_BYTES = 64;
/** How far the clocks of sender and receiver may differ, and how long a delivery may be replayed. */
const DEFAULT_TOLERANCE_S = 5 * 60;

/** The key of a secret. @returns undefined when it is not `whsec_` and the base64 of 24 to 64 bytes */
export function keyOfSecret(secret: string): Buffer | undefined {
  const encoded = secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : '';
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(encoded)) return undefined;
  const key = Buffer.from(encoded, 'base64');
  return key.length < MIN_KEY_BYTES || key.length > MAX_KEY_BYTES ? undefined : key;
}

/** What is signed. */
interface Signed {
  id: string;
  /** Seconds since 1970. */
  timestampS: number;
  body: string;
}

const signatureOf = (key: Buffer, { id, timestampS, body }: Signed): Buffer =>
  createHmac('sha256', key).update(`${id}.${timestampS}.${body}`).digest();

/** The headers of a delivery, with a signature for each secret. @param secrets as `keyOfSecret` reads them */
export function signedHeaders(signed: Signed, secrets: readonly string[]): Record<string, string> {
  const keys = secrets.map(keyOfSecret).filter((key) => key !== undefined);
  return {
    'webhook-id': signed.id,
    'webhook-timestamp': String(signed.timestampS),
    'webhook-signature': keys
      .map((key) => `${VERSION},${signatureOf(key, signed).toString('base64')}`)
      .join(' '),
  };
}

/** Why a webhook is not accepted. `config`: a secret of the receiver cannot be used. */
export type WebhookRefusal = 'config' | 'headers' | 'timestamp' | 'signature' | 'body';

/** A webhook cannot be trusted, or a secret cannot be used. */
export class WebhookVerificationError extends Error {
  override readonly name = 'WebhookVerificationError';
  readonly reason: WebhookRefusal;

  constructor(reason: WebhookRefusal, message: string) {
    super(message);
    this.reason = reason;
  }
}

/** A request that a receiver got. */
export interface ReceivedWebhook {
  /** The headers as Node or `fetch` have them; names in lower case. */
  headers: Headers | Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The body as it arrived, before it is parsed. */
  body: string | Uint8Array;
  /** One secret, or several while they are rotated: `whsec_…`. */
  secret: string | readonly string[];
  /** How old, or how far in the future, a timestamp may be. Default: 300 seconds. */
  toleranceS?: number;
  /** Milliseconds since 1970. Default: now. */
  nowMs?: number;
}

/** A webhook that is genuine. */
export interface VerifiedWebhook {
  /** The same for each repetition: a receiver that has seen it answers 200 and does nothing. */
  id: string;
  type: string;
  /** When it happened, ISO 8601. */
  timestamp: string;
  data: Readonly<Record<string, unknown>>;
}

/**
 * Verifies a webhook of a gateway, or of any other sender that follows Standard Webhooks. A request older than the tolerance is refused,
 * so that whoever has recorded one cannot send it again later; within it, the receiver has to remember the ids that it has seen.
 * @throws {WebhookVerificationError} when the request cannot be trusted, with the `reason`
 */
export function verifyWebhook({
  headers,
  body,
  secret,
  toleranceS = DEFAULT_TOLERANCE_S,
  nowMs = Date.now(),
}: ReceivedWebhook): VerifiedWebhook {
  const id = headerOf(headers, 'webhook-id');
  const timestamp = headerOf(headers, 'webhook-timestamp');
  const given = headerOf(headers, 'webhook-signature');
  if (id === '' || given === '' || !/^\d{1,12}$/.test(timestamp))
    throw new WebhookVerificationError('headers', 'The headers of the webhook are missing or malformed.');
  const timestampS = Number(timestamp);
  if (Math.abs(nowMs / 1000 - timestampS) > toleranceS)
    throw new WebhookVerificationError(
      'timestamp',
      'The webhook is too old, or the clocks of sender and receiver differ.',
    );
  const text = typeof body === 'string' ? body : Buffer.from(body).toString('utf8');
  if (!isSigned({ id, timestampS, body: text }, given, [secret].flat()))
    throw new WebhookVerificationError('signature', 'The signature of the webhook is wrong.');
  return readBody(id, text);
}

function headerOf(headers: ReceivedWebhook['headers'], name: string): string {
  const value = headers instanceof Headers ? headers.get(name) : headers[name];
  return typeof value === 'string' ? value : '';
}

/** Compares with every key, so that the time does not tell which one was right. */
function isSigned(signed: Signed, given: string, secrets: readonly string[]): boolean {
  const signatures = given
    .split(' ')
    .filter((each) => each.startsWith(`${VERSION},`))
    .map((each) => Buffer.from(each.slice(VERSION.length + 1), 'base64'));
  const expected = secrets.map((secret) => {
    const key = keyOfSecret(secret);
    if (key === undefined)
      throw new WebhookVerificationError(
        'config',
        'A secret is not whsec_ and the base64 of 24 to 64 bytes.',
      );
    return signatureOf(key, signed);
  });
  return expected
    .flatMap((one) => signatures.map((other) => one.length === other.length && timingSafeEqual(one, other)))
    .includes(true);
}

function readBody(id: string, text: string): VerifiedWebhook {
  try {
    const parsed = JSON.parse(text) as Omit<VerifiedWebhook, 'id'>; // signed by a sender with the secret
    return { ...parsed, id };
  } catch {
    throw new WebhookVerificationError('body', 'The body of the webhook is no JSON.');
  }
}
