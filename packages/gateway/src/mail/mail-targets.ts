/** Mail as targets of the outbox: one mail for each event and recipient, and one for all that is too many in an hour. */
import { createHash } from 'node:crypto';
import type { Clock } from '../base/index.ts';
import type { RateLimiter } from '../rate-limits/rate-limiter.ts';
import type { NewDelivery, StoredDelivery } from '../stores/webhook-outbox.ts';
import type { DeliveryTarget, SendOutcome } from '../webhooks/delivery-target.ts';
import type { ToldEvent } from '../webhooks/events.ts';
import { mailEventOf, siteOf, type MailEvent } from './mail-event.ts';
import { textOfEvent, textOfMany, type MailText, type MailTextOptions } from './mail-text.ts';
import {
  DEFAULT_MAX_PER_HOUR,
  portOf,
  recipientsBy,
  type MailSettings,
  type NotifySettings,
  type Recipients,
} from './settings.ts';
import { createSmtpSender, keyOfAddress, type Mail, type MailSender } from './smtp-sender.ts';

/** What mail needs. */
export interface MailOptions extends MailTextOptions {
  settings: MailSettings;
  /** `notify` of a site as it is now; undefined: it has none, or there is no such site. */
  notifyOf: (siteId: string) => NotifySettings | 'off' | undefined;
  rateLimiter: Pick<RateLimiter, 'take'>;
  clock: Clock;
}

/** In the store, in metrics and in logs. */
const MAIL = 'mail';
const DIGEST = 'mail-digest';
/** Servers allow few connections of one client. */
const AT_ONCE = 2;
/** What one mail tells of at most. */
const MAX_DIGEST = 1_000;
const HOUR_S = 3_600;
/** Longer than the steps of a mail take together, as far as the server answers each. */
const SEND_MS = 30_000;

/** Creates the targets. @throws {MissingPackageError} when nodemailer is not installed */
export function createMailTargets(options: MailOptions): DeliveryTarget[] {
  const sender = createSmtpSender(options.settings);
  const shared = { shown: { origin: originOf(options.settings) } };
  return [
    {
      ...{ ...shared, name: MAIL, atOnce: AT_ONCE },
      keep: (told, nowMs) => keep(options, told, nowMs),
      send: ([delivery], signal) =>
        delivery === undefined ? DELIVERED : sendTo(options, { sender, deliveries: [delivery], signal }),
    },
    {
      ...{ ...shared, name: DIGEST, atOnce: MAX_DIGEST },
      keep: () => [],
      together: (due) => bySiteAndRecipient(due).slice(0, AT_ONCE),
      send: (deliveries, signal) => sendTo(options, { sender, deliveries, signal }),
    },
  ];
}

const DELIVERED = Promise.resolve<SendOutcome>({ kind: 'delivered' });

/** Where mails go, for operators. */
const originOf = (settings: MailSettings): string => `smtp://${settings.host}:${portOf(settings)}`;

/** One delivery for each recipient: what is refused for one of them is not sent to the others again. */
function keep(
  options: MailOptions,
  told: ToldEvent,
  nowMs: number,
): readonly NewDelivery[] | Promise<readonly NewDelivery[]> {
  const recipients = recipientsOf(options, told.siteId);
  if (!recipients.events.some((type) => type === told.type) || recipients.to.length === 0) return [];
  const body = told.bodyFor('ids');
  if (!isWanted(mailEventOf({ body }), recipients)) return [];
  return keepFor(options, recipients.to, { told, body, nowMs });
}

async function keepFor(
  { settings: { maxPerHour = DEFAULT_MAX_PER_HOUR }, rateLimiter }: MailOptions,
  to: readonly string[],
  { told, body, nowMs }: { told: ToldEvent; body: string; nowMs: number },
): Promise<NewDelivery[]> {
  const key = told.siteId ?? '';
  const rate = { name: 'site-mails', key, limit: maxPerHour, windowSeconds: HOUR_S } as const;
  const { isAllowed, retryAfterMs } = await rateLimiter.take(rate);
  return to.map((address) => ({
    eventId: `${told.id}.${keyOfAddress(address)}`,
    endpoint: isAllowed ? MAIL : DIGEST,
    orderKey: told.orderKey,
    body,
    atMs: isAllowed ? nowMs : nowMs + retryAfterMs,
  }));
}

const recipientsOf = ({ settings, notifyOf }: MailOptions, siteId: string | undefined): Recipients =>
  recipientsBy(settings, siteId === undefined ? undefined : notifyOf(siteId));

/** Ratings up are not told, and by default not what somebody at the desk sees. */
function isWanted(event: MailEvent, { whenQueued }: Recipients): boolean {
  if (event.type === 'conversation.queued') return whenQueued === 'always' || event.data.isAway === true;
  return event.type !== 'conversation.rated' || event.data.value === 'down';
}

/** The id of an event and the key of a recipient, as `keepFor` has put them together. */
function partsOf({ eventId }: StoredDelivery): { id: string; key: string } {
  const [id = '', key = ''] = eventId.split('.');
  return { id, key };
}

function bySiteAndRecipient(due: readonly StoredDelivery[]): StoredDelivery[][] {
  return [...Map.groupBy(due, (each) => `${partsOf(each).key} ${siteOf(mailEventOf(each)) ?? ''}`).values()];
}

interface Sending {
  sender: MailSender;
  /** Of one site and one recipient. */
  deliveries: readonly StoredDelivery[];
  signal: AbortSignal;
}

async function sendTo(options: MailOptions, { sender, deliveries, signal }: Sending): Promise<SendOutcome> {
  const mail = mailOf(options, deliveries);
  if (mail === undefined) return DELIVERED; // whom it was for is not told any more
  const late = new AbortController();
  const timer = options.clock.after(SEND_MS, () => {
    late.abort();
  });
  const outcome = await sender.send(mail, AbortSignal.any([signal, late.signal]));
  timer.cancel();
  return outcome;
}

function mailOf(options: MailOptions, deliveries: readonly StoredDelivery[]): Mail | undefined {
  const [first] = deliveries;
  if (first === undefined) return undefined;
  const events = deliveries.map((each) => mailEventOf(each));
  const { key } = partsOf(first);
  const siteId = events[0] === undefined ? undefined : siteOf(events[0]);
  const to = recipientsOf(options, siteId).to.find((address) => keyOfAddress(address) === key);
  return to === undefined ? undefined : { ...textOf(events, options), to, id: idOf(deliveries) };
}

const textOf = (events: readonly MailEvent[], options: MailTextOptions): MailText =>
  events.length === 1 && events[0] !== undefined
    ? textOfEvent(events[0], options)
    : textOfMany(events, options);

/** That of the event; of many, one of all: with one more it is another mail. */
function idOf(deliveries: readonly StoredDelivery[]): string {
  const ids = deliveries.map((each) => partsOf(each).id);
  if (ids.length === 1) return ids[0] ?? '';
  return `evts_${createHash('sha256').update(ids.join(' ')).digest('base64url').slice(0, 24)}`;
}
