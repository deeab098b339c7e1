import { describe, expect, it } from 'vitest';
import { readFileSync, readdirSync } from 'node:fs';
import { generate } from '../../scripts/generate.ts';
import { CLOSE_CODES } from '../codec/close-codes.ts';
import { COMMAND_TYPES, CommandSchema } from './commands.ts';
import { ERROR_CODES } from './errors.ts';
import { EVENT_TYPES } from './events.ts';
import { LiveEventSchema } from './live-events.ts';
import { LoggedEventSchema } from './logged-events.ts';
import { createRandom, randomValue } from '../testing/random-value.ts';

type Json = Record<string, unknown>;
const files = generate();
const parsed = (name: string) => JSON.parse(files[`packages/protocol/schema/${name}`]!) as Json;
const commands = parsed('commands.schema.json');
const events = parsed('events.schema.json');
const asyncApi = parsed('asyncapi.json');

function at(document: Json, ref: string): Json {
  const path = ref.replace(/^#\//, '').split('/');
  return path.reduce<unknown>((value, key) => (value as Json)[key], document) as Json; // undefined fails the test
}

/** Checks the keywords that the generated files use; another one fails. */
const KEYWORDS: Record<string, (value: unknown, want: never, document: Json, schema: Json) => boolean> = {
  $ref: (value, want: string, document) => isValid(value, at(document, want), document),
  anyOf: (value, want: Json[], document) => want.some((one) => isValid(value, one, document)),
  oneOf: (value, want: Json[], document) => want.filter((one) => isValid(value, one, document)).length === 1,
  not: (value, want: Json, document) => !isValid(value, want, document),
  const: (value, want: unknown) => value === want,
  enum: (value, want: unknown[]) => want.includes(value),
  type: (value, want: string) =>
    want === 'null'
      ? value === null
      : want === 'array'
        ? Array.isArray(value)
        : want === 'integer'
          ? Number.isInteger(value)
          : want === 'object'
            ? typeof value === 'object' && value !== null && !Array.isArray(value)
            : typeof value === want,
  pattern: (value, want: string) => typeof value !== 'string' || new RegExp(want, 'u').test(value),
  minimum: (value, want: number) => typeof value !== 'number' || value >= want,
  maximum: (value, want: number) => typeof value !== 'number' || value <= want,
  minLength: (value, want: number) => typeof value !== 'string' || value.length >= want,
  maxLength: (value, want: number) => typeof value !== 'string' || value.length <= want,
  minItems: (value, want: number) => !Array.isArray(value) || value.length >= want,
  maxItems: (value, want: number) => !Array.isArray(value) || value.length <= want,
  items: (value, want: Json, document) =>
    !Array.isArray(value) || value.every((one) => isValid(one, want, document)),
  required: (value, want: string[]) => want.every((key) => Object.hasOwn(value as Json, key)),
  properties: (value, want: Record<string, Json>, document) =>
    Object.entries(want).every(
      ([key, one]) => !Object.hasOwn(value as Json, key) || isValid((value as Json)[key], one, document),
    ),
  'x-fallback': () => true,
};

function isValid(value: unknown, schema: Json, document: Json): boolean {
  const { $schema: _, title: _title, description: _description, $defs: _defs, ...keywords } = schema;
  if ('type' in keywords && !KEYWORDS.type!(value, keywords.type as never, document, schema)) return false;
  return Object.entries(keywords).every(([name, want]) => {
    const check = KEYWORDS[name];
    if (check === undefined) throw new Error(`keyword ${name}`);
    return check(value, want as never, document, schema);
  });
}

function refsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => (key === '$ref' ? [String(inner)] : refsIn(inner)));
}

describe('the generated schemas', () => {
  it.each(Object.keys(files))('%s is current: run node scripts/generate.mjs', (path) => {
    expect(readFileSync(new URL(`../../../../${path}`, import.meta.url), 'utf8')).toBe(files[path]);
  });

  it.each(Object.keys(files))('%s leads to nothing that is not there', (path) => {
    const document = JSON.parse(files[path]!) as Json;
    const refs = refsIn(document);
    expect(refs.length).toBeGreaterThan(50);
    for (const ref of new Set(refs)) expect(at(document, ref), ref).toBeTypeOf('object');
  });

  const all = [
    ...CommandSchema.options.map((schema) => [schema, commands] as const),
    ...[...LoggedEventSchema.options, ...LiveEventSchema.options].map((schema) => [schema, events] as const),
  ].map(([schema, document]) => [schema.entries.type.literal, schema, document] as const);

  it.each(all)('take every %s that the code takes, alone and in an array', (_, schema, document) => {
    for (let seed = 0; seed < 30; seed += 1) {
      const value = randomValue(schema, createRandom(seed));
      expect(isValid(value, document, document)).toBe(true);
      expect(isValid([value, value], document, document)).toBe(true);
    }
  });

  it.each([
    [{ type: 'ping', id: 'q_1' }, commands],
    [{ type: 'ping' }, commands],
    [{ type: 'dance', id: 'q_12345678' }, commands],
    [{ type: 'text-delta', seq: 0, partId: 'm_12345678.0', at: 0, text: '' }, events],
    [
      {
        type: 'part-started',
        conversationId: 'c_12345678',
        seq: 1,
        partId: 'm_12345678.0',
        value: { type: 'text' },
      },
      events,
    ],
  ])('refuse %j', (value, document) => {
    expect(isValid(value, document, document)).toBe(false);
  });

  it('take the golden transcripts, but for what is newer', () => {
    const folder = new URL('../../golden/', import.meta.url);
    const names = readdirSync(folder).filter(
      (name) => name.endsWith('.ndjson') && name !== 'newer-gateway.ndjson',
    );
    for (const name of names) {
      for (const line of readFileSync(new URL(name, folder), 'utf8').trim().split('\n')) {
        const { command, event } = JSON.parse(line) as Json;
        if (command !== undefined) expect(isValid(command, commands, commands), line).toBe(true);
        if (event !== undefined) expect(isValid(event, events, events), line).toBe(true);
      }
    }
  });
});

describe('the AsyncAPI document', () => {
  const listed = (operation: string) =>
    (at(asyncApi, `#/operations/${operation}`).messages as { $ref: string }[]).map(
      ({ $ref }) => at(asyncApi, at(asyncApi, $ref).$ref as string).name, // channel -> components
    );

  it('lists every command and every event once, each in its direction', () => {
    expect(listed('receiveCommands')).toEqual(COMMAND_TYPES);
    expect(listed('sendEvents')).toEqual(EVENT_TYPES);
  });

  it('has the members that AsyncAPI 3 asks for', () => {
    expect(asyncApi).toMatchObject({
      asyncapi: '3.0.0',
      info: { title: expect.any(String) as string, version: '1.0' },
      channels: { chat: { address: '/v1/ws', bindings: { ws: { method: 'GET' } } } },
      operations: { receiveCommands: { action: 'receive' }, sendEvents: { action: 'send' } },
    });
    const names = Object.keys(at(asyncApi, '#/components/messages'));
    for (const name of names) expect(name).toMatch(/^[\w.-]+$/);
  });

  it('carries every error and every close code', () => {
    expect(Object.keys(asyncApi['x-errors'] as Json)).toEqual(ERROR_CODES);
    expect(Object.keys(asyncApi['x-close-codes'] as Json)).toEqual(Object.keys(CLOSE_CODES));
  });
});
