/** The part of the configuration that says who is told what happens. */
import * as v from 'valibot';
import { variableName } from './config-provider.ts';
import {
  hasUsableUrl,
  PRIVATE_PROBLEM,
  problemOfWebhooks,
  WEBHOOK_FIELDS,
  WebhookSecretSchema,
  type WebhookSettings,
} from '../webhooks/settings.ts';

const MISSING_SECRET =
  'expected a secret here, or in secretFrom the name of an environment variable that is set';

const WebhookConfigSchema = v.pipe(
  v.strictObject({
    ...WEBHOOK_FIELDS,
    secret: v.optional(WebhookSecretSchema),
    /** The environment variable with the secret or secrets, so that the file holds none. */
    secretFrom: v.optional(variableName),
  }),
  v.forward(
    v.check((settings) => hasUsableUrl(settings), PRIVATE_PROBLEM),
    ['url'],
  ),
  v.forward(
    v.check(({ secret }) => secret !== undefined, MISSING_SECRET),
    ['secret'],
  ),
);

/** The webhooks of the executable. */
export const WebhooksConfigSchema = v.pipe(
  v.array(WebhookConfigSchema),
  v.rawCheck(({ dataset, addIssue }) => {
    const problem = dataset.typed ? problemOfWebhooks(dataset.value) : undefined;
    if (problem !== undefined) addIssue({ message: problem });
  }),
);

/** Webhooks as the configuration has them. */
export type WebhooksConfig = v.InferOutput<typeof WebhooksConfigSchema>;

/** The same for `createGateway`. */
export const webhooksOf = (webhooks: WebhooksConfig): WebhookSettings[] =>
  webhooks.map(({ secretFrom: _variable, secret = [], ...settings }) => ({ ...settings, secret }));

/** What `rivulet check` shows of a webhook: of its URL the host only, because paths of hooks are often secret, and no secret. */
export function describeWebhook({
  url,
  events,
  sites,
  include,
  secret = [],
  allowPrivate,
}: WebhooksConfig[number]): string {
  return [
    `${new URL(url).host}/…`,
    events === undefined ? 'all events' : events.join(', '),
    sites === undefined ? 'all sites' : `sites ${sites.join(', ')}`,
    ...(include === 'text' ? ['with the texts of messages'] : []),
    ...(allowPrivate === true ? ['private addresses allowed'] : []),
    secret.length === 1 ? 'one secret' : `${secret.length} secrets`,
  ].join('; ');
}
