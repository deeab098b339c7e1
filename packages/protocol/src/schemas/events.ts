/**
 * Events: gateway -> client. Logged events carry `seq`, their place in the log of their conversation; live events do not.
 * @see PROTOCOL.md §10
 */
import * as v from 'valibot';
import { LIVE_EVENT_SCHEMAS, LiveEventSchema, type LiveEvent } from './live-events.ts';
import {
  LOGGED_EVENT_SCHEMAS,
  LoggedEventSchema,
  type DeltaEvent,
  type LoggedEvent,
} from './logged-events.ts';

/** Every event of this version. A decoder uses `eventSchemaOf`, which also tells an unknown type from a wrong field. */
export const EventSchema = v.variant('type', [LoggedEventSchema, LiveEventSchema]);
/** An event, gateway to client. */
export type ChatEvent = LoggedEvent | LiveEvent;
/** The type of an event; `unknown` for a logged event of a type that this version does not know. */
export type EventType = ChatEvent['type'];
/** The event of one type. */
export type EventOf<Type extends EventType> = Extract<ChatEvent, { type: Type }>;

/** One page of a snapshot. */
export type SnapshotEvent = EventOf<'snapshot'>;

const SCHEMAS = [...LOGGED_EVENT_SCHEMAS, ...LIVE_EVENT_SCHEMAS];
type OneEventSchema = (typeof SCHEMAS)[number];

const typeOf = (schema: OneEventSchema): EventType => schema.entries.type.literal;
const LOGGED_TYPES: ReadonlySet<string> = /* @__PURE__ */ new Set(LOGGED_EVENT_SCHEMAS.map(typeOf));
const SCHEMA_OF_TYPE: ReadonlyMap<string, OneEventSchema> = /* @__PURE__ */ new Map(
  SCHEMAS.map((schema) => [typeOf(schema), schema]),
);

/** Every event type of the wire. */
export const EVENT_TYPES: readonly string[] = /* @__PURE__ */ SCHEMAS.map(typeOf);

/** The schema of the events of one type, or undefined when this version does not know the type. */
export function eventSchemaOf(type: string): OneEventSchema | undefined {
  return SCHEMA_OF_TYPE.get(type);
}

/** Whether the event has a place in the log, also when its type is newer than this reader. */
export function isLogged(event: ChatEvent): event is LoggedEvent {
  return event.type === 'unknown' || LOGGED_TYPES.has(event.type);
}
/** Whether the event appends to a part. */
export function isDelta(event: ChatEvent): event is DeltaEvent {
  return event.type.endsWith('-delta');
}
