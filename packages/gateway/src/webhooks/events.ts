/** The events that webhooks tell of, and what a receiver gets of each. */
import { createHash } from 'node:crypto';
import type { RandomBytes } from '@rivulet/protocol';

/** What happened to one conversation. `text` is sent only to endpoints that include texts. */
export type ConversationEvent =
  /** The first message was accepted. */
  | { type: 'conversation.started'; text?: string | undefined }
  /** It waits for a person; `isAway`: nobody was there when they were asked for. `ownerNumber` grows with each change of who answers. */
  | { type: 'conversation.queued'; ownerNumber: number; isAway?: boolean | undefined }
  /** A person has taken it over, or was given it; `by` names that person as the visitor sees it. */
  | { type: 'conversation.taken-over'; ownerNumber: number; by: string }
  /** A person has given it back to the model. */
  | { type: 'conversation.released'; ownerNumber: number; by: string }
  /** The visitor has left where to be answered. */
  | { type: 'conversation.address-left'; email: string; name?: string | undefined }
  /** It is done, for the people at the desk. */
  | { type: 'conversation.closed' }
  /** An answer was rated; `value` null: the rating was removed. */
  | {
      type: 'conversation.rated';
      messageId: string;
      value: 'up' | 'down' | null;
      comment?: string | undefined;
      text?: string | undefined;
    };

/** Something that happened, which webhooks tell of. */
export type WebhookEvent =
  | (ConversationEvent & { siteId: string; conversationId: string })
  /** A site, or the first one of its visitors on this day, has used up its budget until `renewsAtMs`. */
  | { type: 'budget.reached'; siteId: string; budget: 'site' | 'visitor'; renewsAtMs: number }
  /** The circuit breaker of an upstream has opened: most of the calls of the last minute have failed. */
  | { type: 'upstream.failing'; upstream: string; failures: number; calls: number };

/** The types of all events. */
export const WEBHOOK_EVENTS = [
  'conversation.started',
  'conversation.queued',
  'conversation.taken-over',
  'conversation.address-left',
  'conversation.released',
  'conversation.closed',
  'conversation.rated',
  'budget.reached',
  'upstream.failing',
] as const satisfies readonly WebhookEvent['type'][];
/** The type of an event. */
export type WebhookEventType = (typeof WEBHOOK_EVENTS)[number];

/** An event as it is told. */
export interface ToldEvent {
  /** The same for all endpoints and for each repetition. */
  id: string;
  /** Events of one key are told in order. */
  orderKey: string;
  /** The site; undefined when it concerns the gateway as a whole. */
  siteId: string | undefined;
  type: WebhookEventType;
  /** The body, as JSON. @param include whether it has the text of messages */
  bodyFor(include: 'ids' | 'text'): string;
}

/** Gateways that see an upstream fail within this time tell of it with one id. */
const UPSTREAM_WINDOW_MS = 10 * 60_000;
/** More of a text is cut, so that a body has at most about 32 KiB. */
const MAX_TEXT_CHARS = 4_000;

/** Gives an event its id and its body. */
export function toldEvent(event: WebhookEvent, nowMs: number, random: RandomBytes): ToldEvent {
  const key = repeatedKey(event, nowMs);
  const { type, ...facts } = event;
  const timestamp = new Date(nowMs).toISOString();
  return {
    id: `evt_${key === undefined ? Buffer.from(random(18)).toString('base64url') : digestOf(key)}`,
    orderKey: orderKeyOf(event),
    siteId: 'siteId' in event ? event.siteId : undefined,
    type,
    bodyFor: (include) => JSON.stringify({ type, timestamp, data: dataOf(facts, include) }),
  };
}

/** What happens once, however many gateways notice it, and also when a command is sent again after a crash. */
function repeatedKey(event: WebhookEvent, nowMs: number): readonly unknown[] | undefined {
  if (event.type === 'conversation.started') return [event.type, event.conversationId];
  if ('ownerNumber' in event) return [event.type, event.conversationId, event.ownerNumber];
  if (event.type === 'budget.reached') return [event.type, event.siteId, event.budget, event.renewsAtMs];
  if (event.type === 'upstream.failing')
    return [event.type, event.upstream, Math.floor(nowMs / UPSTREAM_WINDOW_MS)];
  return undefined;
}

const digestOf = (key: readonly unknown[]): string =>
  createHash('sha256').update(JSON.stringify(key)).digest('base64url').slice(0, 24);

function orderKeyOf(event: WebhookEvent): string {
  if ('conversationId' in event) return event.conversationId;
  return 'siteId' in event ? `site ${event.siteId}` : `upstream ${event.upstream}`;
}

function dataOf(facts: object, include: 'ids' | 'text'): object {
  const kept = Object.entries(facts).filter(([name]) => include === 'text' || name !== 'text');
  return Object.fromEntries(
    kept.map(([name, value]: [string, unknown]) => [
      name,
      typeof value === 'string' ? value.slice(0, MAX_TEXT_CHARS) : value,
    ]),
  );
}
