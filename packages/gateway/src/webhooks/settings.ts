/** The settings of webhooks, in the options of a gateway and in the configuration of the executable. */
import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { text, yesOrNo } from '../base/setting-values.ts';
import { WEBHOOK_EVENTS, type WebhookEventType } from './events.ts';
import { checkHost } from '../base/private-addresses.ts';
import { keyOfSecret } from './signature.ts';

/** Where events are sent. */
export interface WebhookSettings {
  /** An https URL; with `allowPrivate` also http. It is neither logged nor shown. */
  url: string;
  /** `whsec_` and the base64 of 24 to 64 bytes; several, while they are rotated: each delivery is signed with all of them. */
  secret: string | readonly string[];
  /** Default: all events. */
  events?: readonly WebhookEventType[] | undefined;
  /** The ids of sites. Default: all sites, and what concerns the gateway as a whole. */
  sites?: readonly string[] | undefined;
  /** `text`: also the texts of messages. Default: `ids`. */
  include?: 'ids' | 'text' | undefined;
  /** Whether the address may be a private one, and the URL http. Default: false. */
  allowPrivate?: boolean | undefined;
}

/** More of them would be a sign of a mistake: each event is stored once for each. */
const MAX_WEBHOOKS = 20;
const MAX_SECRETS = 5;
const URL_PROBLEM = 'expected an https URL without a user and a fragment';
const SECRET_PROBLEM = `expected whsec_ and the base64 of 24 to 64 bytes, or up to ${MAX_SECRETS} of them`;
const EVENT_PROBLEM = `expected one of ${WEBHOOK_EVENTS.join(', ')}`;

const readUrl = (value: string): URL | undefined => {
  const url = URL.parse(value);
  const isUsable = url !== null && /^https?:$/.test(url.protocol);
  return isUsable && url.username === '' && url.password === '' && url.hash === '' ? url : undefined;
};
const isPublicUrl = (value: string): boolean => {
  const url = readUrl(value);
  if (url === undefined) return true; // reported by itself
  try {
    checkHost(url);
  } catch {
    return false;
  }
  return url.protocol === 'https:';
};
const isSecret = (value: string) => keyOfSecret(value) !== undefined;

/** The secret of a webhook: one, several in an array, or several in a text with spaces or commas between them, as in an environment variable. */
export const WebhookSecretSchema = v.pipe(
  v.union([v.string(), v.array(v.string())], SECRET_PROBLEM),
  v.transform((value) => (typeof value === 'string' ? value.split(/[\s,]+/).filter(Boolean) : value)),
  v.check((all) => all.length > 0 && all.length <= MAX_SECRETS && all.every(isSecret), SECRET_PROBLEM),
);

/** The settings of a webhook, apart from the checks that involve several of them. */
export const WEBHOOK_FIELDS = {
  url: v.pipe(
    text,
    v.check((value) => readUrl(value) !== undefined, URL_PROBLEM),
  ),
  events: v.optional(v.array(v.picklist(WEBHOOK_EVENTS, EVENT_PROBLEM))),
  sites: v.optional(v.array(text)),
  include: v.optional(v.picklist(['ids', 'text'], 'expected ids or text')),
  allowPrivate: v.optional(yesOrNo),
};

/** Whether the URL may be used with the other settings. */
export const hasUsableUrl = ({ url, allowPrivate }: Pick<WebhookSettings, 'url' | 'allowPrivate'>): boolean =>
  allowPrivate === true || isPublicUrl(url);
/** @see hasUsableUrl */
export const PRIVATE_PROBLEM =
  'expected https and a public address, or allowPrivate, because this is not one';

const WebhookSchema = v.pipe(
  v.strictObject({ ...WEBHOOK_FIELDS, secret: WebhookSecretSchema }),
  v.forward(
    v.check((settings) => hasUsableUrl(settings), PRIVATE_PROBLEM),
    ['url'],
  ),
);

/** The problem of a list, undefined when there is none. */
export function problemOfWebhooks(all: readonly { url: string }[]): string | undefined {
  if (all.length > MAX_WEBHOOKS) return `expected at most ${MAX_WEBHOOKS} webhooks`;
  const isDistinct = new Set(all.map(({ url }) => url)).size === all.length;
  return isDistinct ? undefined : 'expected a URL of its own for each webhook';
}

/** The webhooks of a gateway. */
export const WebhooksSchema = v.pipe(
  v.array(WebhookSchema),
  v.rawCheck(({ dataset, addIssue }) => {
    const problem = dataset.typed ? problemOfWebhooks(dataset.value) : undefined;
    if (problem !== undefined) addIssue({ message: problem });
  }),
);

/** What names an endpoint in the store, in metrics and in logs: its URL may have a secret in it. */
export const endpointNameOf = (url: string): string =>
  createHash('sha256').update(url).digest('hex').slice(0, 12);
