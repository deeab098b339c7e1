/** Generates packages/protocol/schema/*.json from the schemas that the code validates with. Called by scripts/generate.mjs. */
import { toJsonSchemaDefs, type ConversionConfig } from '@valibot/to-json-schema';
import type { GenericSchema } from 'valibot';
import { CLOSE_CODES, comeBackAfter, type CloseReason } from '../src/codec/close-codes.ts';
import { CommandSchema, SubscriptionSchema } from '../src/schemas/commands.ts';
import { ERRORS } from '../src/schemas/error-sentences.ts';
import { ErrorBodySchema } from '../src/schemas/errors.ts';
import { LIVE_EVENT_SCHEMAS } from '../src/schemas/live-events.ts';
import { LOGGED_EVENT_SCHEMAS } from '../src/schemas/logged-events.ts';
import * as ids from '../src/schemas/ids.ts';
import * as message from '../src/schemas/message.ts';
import { PositionSchema } from '../src/schemas/position.ts';
import { PROTOCOL_VERSION, WEBSOCKET_SUBPROTOCOL } from '../src/codec/version.ts';

type Json = Record<string, unknown>;

const partNameOf = ({ entries }: (typeof message.KNOWN_PART_SCHEMAS)[number]): string =>
  `${pascal(entries.type.literal)}Part`;
const PART_NAMES = message.KNOWN_PART_SCHEMAS.map(partNameOf);
const USER_PART_NAMES = message.USER_PART_SCHEMAS.map(partNameOf);
const SHARED: Record<string, GenericSchema> = {
  ConversationId: ids.ConversationIdSchema,
  MessageId: ids.MessageIdSchema,
  RunId: ids.RunIdSchema,
  CommandId: ids.CommandIdSchema,
  PartId: ids.PartIdSchema,
  Position: PositionSchema,
  ErrorBody: ErrorBodySchema,
  Part: message.PartSchema,
  UnknownPart: message.UnknownPartSchema,
  ...Object.fromEntries(message.KNOWN_PART_SCHEMAS.map((schema) => [partNameOf(schema), schema])),
  UserPart: message.UserPartSchema,
  Usage: message.UsageSchema,
  Run: message.RunSchema,
  Feedback: message.FeedbackSchema,
  Participant: message.ParticipantSchema,
  Message: message.MessageSchema,
  Conversation: message.ConversationSchema,
  Subscription: SubscriptionSchema,
};
const COMMANDS = named('command', CommandSchema.options);
const LOGGED = named('event', LOGGED_EVENT_SCHEMAS);
const LIVE = named('event', LIVE_EVENT_SCHEMAS);
const EVENTS = { ...LOGGED, ...LIVE };

/** The generated files: their path from the root of the repository, and their text. */
export function generate(): Record<string, string> {
  const files = {
    'commands.schema.json': frameSchema('Command', 'client to gateway', COMMANDS),
    'events.schema.json': frameSchema('Event', 'gateway to client', EVENTS),
    'asyncapi.json': asyncApi(),
  };
  return Object.fromEntries(
    Object.entries(files).map(([name, json]) => [
      `packages/protocol/schema/${name}`,
      `${JSON.stringify(json, null, 2)}\n`,
    ]),
  );
}

function pascal(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

/** A command and an event may have the same type (typing, feedback), so each name says which of the two it is. */
function named(
  kind: 'command' | 'event',
  options: readonly (GenericSchema & { entries: { type: { literal: string } } })[],
): Record<string, GenericSchema> {
  return Object.fromEntries(options.map((option) => [`${kind}.${option.entries.type.literal}`, option]));
}

/** What JSON Schema cannot express: a brand is only a type, and every JSON number is finite. */
const IGNORED = ['brand', 'finite', 'transform'];

function definitionsIn(base: string, schemas: Record<string, GenericSchema>): Record<string, Json> {
  const refTo = (name: string) => `${base}${name}`;
  const refs = (names: readonly string[]) => names.map((name) => ({ $ref: refTo(name) }));
  const config: ConversionConfig = {
    target: 'draft-2020-12',
    typeMode: 'input',
    ignoreActions: IGNORED,
    overrideRef: ({ referenceId }) => refTo(referenceId),
    overrideSchema: ({ valibotSchema, jsonSchema }) => {
      if (valibotSchema === message.UserPartSchema) return { oneOf: refs(USER_PART_NAMES) };
      if (valibotSchema === message.PartSchema) return { anyOf: refs(['UnknownPart', ...PART_NAMES]) };
      // The set may grow: a reader replaces a value that it does not know by the fallback.
      return 'fallback' in valibotSchema
        ? ({ ...jsonSchema, 'x-fallback': valibotSchema.fallback } as typeof jsonSchema) // an extension keyword
        : undefined;
    },
  };
  const converted = toJsonSchemaDefs({ ...SHARED, ...schemas }, config);
  const definitions: Record<string, Json> = {};
  for (const [name, definition] of Object.entries(converted)) definitions[name] = { ...definition };
  const known = message.KNOWN_PART_SCHEMAS.map((option) => option.entries.type.literal);
  // Otherwise a known part of the wrong shape would pass as one of an unknown type.
  definitions.UnknownPart = {
    type: 'object',
    properties: { type: { type: 'string', not: { enum: known } } },
    required: ['type'],
  };
  return reachable(definitions, Object.keys(schemas), base);
}

/** The definitions that `roots` refer to, directly or not. */
function reachable(definitions: Record<string, Json>, roots: string[], base: string): Record<string, Json> {
  const seen = new Set(roots);
  for (const name of seen) {
    const text = JSON.stringify(definitions[name]);
    for (const other of Object.keys(definitions)) if (text.includes(`"${base}${other}"`)) seen.add(other);
  }
  return Object.fromEntries(Object.entries(definitions).filter(([name]) => seen.has(name)));
}

/** One frame: an item or an array of them. */
function frameSchema(kind: string, way: string, schemas: Record<string, GenericSchema>): Json {
  const item = { $ref: `#/$defs/${kind}` };
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: `Rivulet ${PROTOCOL_VERSION}: one frame, ${way}`,
    description: 'Generated. Readers ignore fields and types that they do not know: PROTOCOL.md, section 16.',
    anyOf: [item, { type: 'array', items: item }],
    $defs: {
      [kind]: { oneOf: Object.keys(schemas).map((name) => ({ $ref: `#/$defs/${name}` })) },
      ...definitionsIn('#/$defs/', schemas),
    },
  };
}

function asyncApi(): Json {
  const messages = { ...COMMANDS, ...EVENTS };
  const inChannel = (names: Record<string, unknown>) =>
    Object.keys(names).map((name) => ({ $ref: `#/channels/chat/messages/${name}` }));
  const chat = { $ref: '#/channels/chat' };
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Rivulet chunk protocol',
      version: PROTOCOL_VERSION,
      description:
        'Generated. PROTOCOL.md is the normative text: order, resuming, limits and duties are there.',
      license: { name: 'MIT' },
    },
    defaultContentType: 'application/json',
    servers: { gateway: { host: '127.0.0.1:8787', protocol: 'ws', description: 'A gateway as it starts' } },
    channels: {
      chat: {
        address: '/v1/ws',
        messages: mapEntries(messages, (name) => ({ $ref: `#/components/messages/${name}` })),
        bindings: { ws: webSocketBinding() },
      },
    },
    operations: {
      receiveCommands: { action: 'receive', channel: chat, messages: inChannel(COMMANDS) },
      sendEvents: { action: 'send', channel: chat, messages: inChannel(EVENTS) },
    },
    components: {
      messages: mapEntries(messages, (name) => ({
        name: name.slice(name.indexOf('.') + 1),
        payload: { $ref: `#/components/schemas/${name}` },
        ...(name in EVENTS ? { 'x-logged': name in LOGGED } : {}),
      })),
      schemas: definitionsIn('#/components/schemas/', messages),
    },
    'x-errors': ERRORS,
    'x-close-codes': mapEntries(CLOSE_CODES, (name) => {
      const code = CLOSE_CODES[name as CloseReason]; // mapEntries forgets the key type
      return { code, comeBack: comeBackAfter(code) };
    }),
  };
}

function webSocketBinding(): Json {
  const properties = { 'Sec-WebSocket-Protocol': { type: 'string', const: WEBSOCKET_SUBPROTOCOL } };
  return {
    method: 'GET',
    headers: { type: 'object', properties, required: Object.keys(properties) },
    bindingVersion: '0.1.0',
  };
}

function mapEntries(record: Record<string, unknown>, map: (name: string) => Json): Record<string, Json> {
  return Object.fromEntries(Object.keys(record).map((name) => [name, map(name)]));
}
