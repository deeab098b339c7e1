/** The events that mails tell of, as the outbox has them. */
import * as v from 'valibot';
import type { StoredDelivery } from '../stores/webhook-outbox.ts';

const conversation = { siteId: v.string(), conversationId: v.string() };
const event = <Type extends string, Data extends v.ObjectEntries>(type: Type, data: Data) =>
  v.object({ type: v.literal(type), timestamp: v.string(), data: v.object(data) });

/** The body of a delivery, as far as a mail shows it. */
const MailEventSchema = v.variant('type', [
  event('conversation.queued', { ...conversation, isAway: v.optional(v.boolean()) }),
  event('conversation.address-left', {
    ...{ ...conversation, email: v.string(), name: v.optional(v.string()) },
  }),
  event('conversation.rated', {
    ...{ ...conversation, value: v.nullable(v.string()), comment: v.optional(v.string()) },
  }),
  event('budget.reached', { siteId: v.string(), budget: v.string(), renewsAtMs: v.number() }),
  event('upstream.failing', { upstream: v.string(), failures: v.number(), calls: v.number() }),
]);
/** An event that a mail tells of. */
export type MailEvent = v.InferOutput<typeof MailEventSchema>;

/** @throws {Error} when the body is none of `toldEvent` */
export const mailEventOf = ({ body }: Pick<StoredDelivery, 'body'>): MailEvent =>
  v.parse(MailEventSchema, JSON.parse(body));

/** The site; undefined when it concerns the gateway as a whole. */
export const siteOf = ({ data }: MailEvent): string | undefined =>
  'siteId' in data ? data.siteId : undefined;
