/** The settings of mail: the server that sends it, and who is told of what, for the service and for each site. */
import * as v from 'valibot';
import { text } from '../base/setting-values.ts';
import type { WebhookEventType } from '../webhooks/events.ts';

/** The events that mails tell of. `conversation.rated`: of ratings down. */
export const MAIL_EVENTS = [
  'conversation.queued',
  'conversation.address-left',
  'conversation.rated',
  'budget.reached',
  'upstream.failing',
] as const satisfies readonly WebhookEventType[];
/** One of `MAIL_EVENTS`. */
export type MailEventType = (typeof MAIL_EVENTS)[number];

/** When somebody is told that a visitor waits for a person: when nobody was there, or always. */
export const WHEN_QUEUED = ['away', 'always'] as const;
/** One of `WHEN_QUEUED`. */
export type WhenQueued = (typeof WHEN_QUEUED)[number];

/** Who is told of what. Of a site: what it does not set is as the service has it. */
export interface NotifySettings {
  /** The addresses; each gets a mail of its own. */
  to?: readonly string[] | undefined;
  /** Default: all but `conversation.rated`. */
  events?: readonly MailEventType[] | undefined;
  /** Default: `away`. */
  whenQueued?: WhenQueued | undefined;
}

/** The server that sends mails, and who is told when a site does not say it. */
export interface MailSettings extends NotifySettings {
  /** The name or the address of the server. */
  host: string;
  /** Default: 465 with `tls`, 25 with `none`, otherwise 587. */
  port?: number | undefined;
  /**
   * `starttls`: the connection becomes encrypted before anything else, or nothing is sent. `tls`: it is from its beginning. `none`: it is
   * not. Default: `none` on this machine, `tls` on port 465, otherwise `starttls`. The certificate must be valid for the host.
   */
  security?: MailSecurity | undefined;
  user?: string | undefined;
  password?: string | undefined;
  /** The address that mails are from. */
  from: string;
  /** Mails of a site in an hour; what comes then is told together, when the hour has passed. Default: 20. */
  maxPerHour?: number | undefined;
}

const SECURITY = ['starttls', 'tls', 'none'] as const;
type MailSecurity = (typeof SECURITY)[number];

/** See `MailSettings.maxPerHour`. */
export const DEFAULT_MAX_PER_HOUR = 20;
const DEFAULT_EVENTS: readonly MailEventType[] = MAIL_EVENTS.filter((type) => type !== 'conversation.rated');

const ADDRESS = 'expected an e-mail address such as team@example.com';
/** As forms of HTML have it: visible ASCII without quotes, brackets and spaces, so that it needs no quoting in a header. */
export const AddressSchema = v.pipe(v.string(ADDRESS), v.maxLength(254, ADDRESS), v.rfcEmail(ADDRESS));

/** More people should have one address of a list. */
const MAX_RECIPIENTS = 10;
const RECIPIENTS = `expected a list of 1 to ${MAX_RECIPIENTS} different e-mail addresses`;
const isDistinct = (all: readonly string[]) =>
  new Set(all.map((each) => each.toLowerCase())).size === all.length;

const NOTIFY_FIELDS = {
  to: v.optional(
    v.pipe(
      v.array(AddressSchema, RECIPIENTS),
      v.minLength(1, RECIPIENTS),
      v.maxLength(MAX_RECIPIENTS, RECIPIENTS),
      v.check((all) => isDistinct(all), RECIPIENTS),
    ),
  ),
  events: v.optional(v.array(v.picklist(MAIL_EVENTS, `expected one of ${MAIL_EVENTS.join(', ')}`))),
  whenQueued: v.optional(v.picklist(WHEN_QUEUED, `expected one of ${WHEN_QUEUED.join(', ')}`)),
};

const NotifyObjectSchema = v.strictObject(NOTIFY_FIELDS);
const OffSchema = v.literal('off', 'expected off, or an object with to, events or whenQueued');
/** `notify` of a site. `off`: nobody is told. */
export const NotifySchema = v.lazy((input) => (typeof input === 'object' ? NotifyObjectSchema : OffSchema));

const PORT = 'expected a port, 1 to 65535';
const PER_HOUR = 'expected a whole number of mails, 1 to 1000';
const HOST = 'expected the name or the address of a mail server, without a scheme and a port';
const PASSWORD_MISSING = 'expected a password here or in RIVULET_MAIL_PASSWORD, because there is a user';
const USER_MISSING = 'expected a user, because there is a password';
const UNENCRYPTED = 'expected starttls or tls, because the password would be sent unencrypted';

/** `mail` of a gateway. */
export const MailSchema = v.pipe(
  v.strictObject({
    ...NOTIFY_FIELDS,
    host: v.pipe(text, v.maxLength(253, HOST), v.regex(/^[\w.:-]+$/, HOST)),
    port: v.optional(v.pipe(v.number(PORT), v.integer(PORT), v.minValue(1, PORT), v.maxValue(65_535, PORT))),
    security: v.optional(v.picklist(SECURITY, `expected one of ${SECURITY.join(', ')}`)),
    user: v.optional(text),
    password: v.optional(text),
    from: AddressSchema,
    maxPerHour: v.optional(
      v.pipe(v.number(PER_HOUR), v.integer(PER_HOUR), v.minValue(1, PER_HOUR), v.maxValue(1_000, PER_HOUR)),
    ),
  }),
  v.forward(
    v.check(({ user, password }) => user === undefined || password !== undefined, PASSWORD_MISSING),
    ['password'],
  ),
  v.forward(
    v.check(({ user, password }) => password === undefined || user !== undefined, USER_MISSING),
    ['user'],
  ),
  v.forward(
    v.check(
      (settings) =>
        settings.password === undefined || isLoopback(settings.host) || securityOf(settings) !== 'none',
      UNENCRYPTED,
    ),
    ['security'],
  ),
);

/** What is wrong between `mail` and the sites, which are valid one by one. @returns what to expect in `mail` */
export function problemOfMail({
  mail,
  sites = [],
}: {
  mail?: Pick<MailSettings, 'to'> | undefined;
  sites?: readonly { notify?: NotifySettings | 'off' | undefined }[] | undefined;
}): string | undefined {
  const told = sites.flatMap(({ notify = 'off' }) => (notify === 'off' ? [] : [notify]));
  if (mail === undefined)
    return told.length === 0 ? undefined : 'expected the server that sends mails, because a site has notify';
  const hasRecipient = [mail, ...told].some(({ to }) => to !== undefined);
  return hasRecipient ? undefined : 'expected somebody to tell, in to or in notify.to of a site';
}

/** Whether a host is this machine, where no network can read along. */
export const isLoopback = (host: string): boolean => /^(localhost|127(\.\d{1,3}){3}|::1)$/i.test(host);

/** How the connection is encrypted. */
export const securityOf = ({
  host,
  port,
  security,
}: Pick<MailSettings, 'host' | 'port' | 'security'>): MailSecurity =>
  security ?? (isLoopback(host) ? 'none' : port === 465 ? 'tls' : 'starttls');

const PORTS: Readonly<Record<MailSecurity, number>> = { tls: 465, starttls: 587, none: 25 };

/** The port of the server. */
export const portOf = (settings: Pick<MailSettings, 'host' | 'port' | 'security'>): number =>
  settings.port ?? PORTS[securityOf(settings)];

/** Who is told of what. Nobody, when `to` is empty. */
export interface Recipients {
  to: readonly string[];
  events: readonly MailEventType[];
  whenQueued: WhenQueued;
}

/** What holds for a site, or for what concerns the gateway as a whole. @param own the settings of the site */
export function recipientsBy(mail: NotifySettings, own: NotifySettings | 'off' | undefined): Recipients {
  if (own === 'off') return { to: [], events: [], whenQueued: 'away' };
  return {
    to: own?.to ?? mail.to ?? [],
    events: own?.events ?? mail.events ?? DEFAULT_EVENTS,
    whenQueued: own?.whenQueued ?? mail.whenQueued ?? 'away',
  };
}
