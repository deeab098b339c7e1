/** Generates random values of a schema. The same seed gives the same values, so that a failure can be reproduced. */
import type * as v from 'valibot';
import { mintCommandId, mintConversationId, mintMessageId, mintRunId, partIdOf } from '../schemas/ids.ts';
import { KNOWN_PART_SCHEMAS, USER_PART_SCHEMAS, UserPartSchema } from '../schemas/message.ts';

/** Returns the next random number, from 0 to below 1. */
export type Random = () => number;

/** Creates a generator of pseudo-random numbers (mulberry32: small, and good enough for test values). */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** The fields of a valibot schema that this file uses. */
interface Node {
  type: string;
  literal?: unknown;
  /** Schemas in a variant, values in a picklist. */
  options?: readonly unknown[];
  entries?: Record<string, Node>;
  item?: Node;
  wrapped?: Node;
  pipe?: readonly { type: string; requirement?: unknown }[];
}

/** Strings that codecs often corrupt: surrogate pairs, lone surrogates, line breaks, quotes, separators, markup. */
const TEXTS = [
  '',
  'a',
  'Grüße',
  '👩‍👩‍👧',
  '\ud83d',
  '"\\',
  'a\nb\r\n',
  '\u2028\u0000',
  '<b>&</b>',
  '{"type":"x"}',
];
const JSON_VALUES = [null, true, 0, -1.5, 'text', [], {}, [1, [2]], { a: { b: [null] } }];

/**
 * Returns a random value that `schema` accepts.
 * @throws {TypeError} for a kind of schema that the protocol does not use
 */
export function randomValue<Schema extends v.GenericSchema>(
  schema: Schema,
  random: Random,
): v.InferOutput<Schema> {
  return draw(schema, random);
}

const pick = <Item>(items: readonly Item[], random: Random): Item =>
  items[Math.floor(random() * items.length)] as Item; // never empty, and random() is below 1
const times = (count: number, make: () => unknown): unknown[] => Array.from({ length: count }, make);

function draw(node: Node, random: Random): unknown {
  switch (node.type) {
    case 'object':
      return drawObject(node.entries ?? {}, random);
    case 'variant':
      return draw(pick((node.options ?? []) as Node[], random), random); // its options are schemas
    case 'picklist':
      return pick(node.options ?? [], random);
    case 'literal':
      return node.literal;
    case 'nullable':
      return random() < 0.3 || node.wrapped === undefined ? null : draw(node.wrapped, random);
    case 'array':
      return times(1 + Math.floor(random() * 2), () => node.item && draw(node.item, random));
    case 'lazy':
      return drawPart(node, random);
    case 'boolean':
      return random() < 0.5;
    case 'number':
      return 1 + Math.floor(random() * 1e6);
    case 'string':
      return drawString(node, random);
    case 'unknown':
      return pick(JSON_VALUES, random);
    default:
      throw new TypeError(`randomValue does not support the schema ${node.type}: add a case to draw()`);
  }
}

function drawObject(entries: Record<string, Node>, random: Random): Record<string, unknown> {
  const drawn: Record<string, unknown> = {};
  for (const [key, entry] of Object.entries(entries)) {
    if (entry.type !== 'optional') drawn[key] = draw(entry, random);
    else if (random() < 0.5 && entry.wrapped !== undefined) drawn[key] = draw(entry.wrapped, random);
  }
  return drawn;
}

/** The lazy schemas of the protocol are those of a part. */
function drawPart(node: unknown, random: Random): unknown {
  if (node === UserPartSchema) return draw(pick(USER_PART_SCHEMAS, random), random);
  return random() < 0.1 ? { type: 'unknown' } : draw(pick(KNOWN_PART_SCHEMAS, random), random);
}

function drawString(node: Node, random: Random): string {
  const bytes = (length: number) => Uint8Array.from({ length }, () => Math.floor(random() * 256));
  const pattern = String(node.pipe?.find(({ type }) => type === 'regex')?.requirement ?? '');
  if (pattern.includes('\\.')) return partIdOf(mintMessageId(bytes), Math.floor(random() * 20));
  if (pattern.startsWith('/^c_')) return mintConversationId(bytes);
  if (pattern.startsWith('/^m_')) return mintMessageId(bytes);
  if (pattern.startsWith('/^r_')) return mintRunId(bytes);
  if (pattern.startsWith('/^q_')) return mintCommandId(bytes);
  if (pattern.includes('{1,64}$')) return `tool_${Math.floor(random() * 1e6)}`;
  const isNeverEmpty = node.pipe?.some(({ type }) => type === 'min_length') === true;
  return isNeverEmpty ? `e${pick(TEXTS, random)}` : pick(TEXTS, random);
}
