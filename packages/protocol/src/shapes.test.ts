import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { decodeEvents, readSendMessage } from './codec.ts';
import { SendMessageSchema } from './commands.ts';
import { ConversationListSchema } from './conversation-list-schema.ts';
import { readConversationList, readErrorBody } from './conversation-list.ts';
import { ErrorBodySchema } from './errors.ts';
import { EVENT_TYPES, EventSchema, type ChatEvent } from './events.ts';
import { createRandom, randomValue, type Random } from './testing/random-value.ts';

const ODD = [
  undefined,
  null,
  0,
  -1,
  1.5,
  Infinity,
  '',
  'x',
  'm_12345678.0',
  'running',
  [],
  {},
  [[]],
  { type: 'x' },
  { type: 7 },
  true,
];

/** The value with one field of it, however deep, gone or replaced. */
function damage(value: unknown, random: Random): unknown {
  if (typeof value !== 'object' || value === null || (random() < 0.3 && !Array.isArray(value)))
    return oddOf(random);
  const keys = Object.keys(value);
  const key = keys[Math.floor(random() * keys.length)];
  if (key === undefined || key === 'type') return value;
  const inner = damage((value as Record<string, unknown>)[key], random);
  if (Array.isArray(value))
    return value.map((item: unknown, index) => (String(index) === key ? inner : item));
  return random() < 0.2
    ? Object.fromEntries(Object.entries(value).filter(([one]) => one !== key))
    : { ...value, [key]: inner };
}
const oddOf = (random: Random): unknown => ODD[Math.floor(random() * ODD.length)];

const bySchema = (schema: v.GenericSchema, value: unknown): unknown => {
  const result = v.safeParse(schema, value);
  return result.success ? result.output : 'refused';
};
const byShape = (text: string): unknown => {
  try {
    return decodeEvents(text).items[0];
  } catch {
    return 'refused';
  }
};

/** What a reader answers, as `bySchema` says it. */
const answerOf = (read: () => unknown): unknown => {
  try {
    return read();
  } catch {
    return 'refused';
  }
};

describe('a shape', () => {
  it('reads of every event what its schema reads, whole and damaged', () => {
    const random = createRandom(20_261_122);
    const seen = { whole: 0, refused: 0 };
    for (let round = 0; round < 6000; round += 1) {
      const event = randomValue(EventSchema, random) as ChatEvent;
      const text = JSON.stringify([round % 3 === 0 ? event : damage(event, random)]).slice(1, -1);
      const value: unknown = JSON.parse(text);
      const isEvent =
        typeof value === 'object' &&
        value !== null &&
        'type' in value &&
        EVENT_TYPES.includes(String(value.type));
      if (!isEvent || Array.isArray(value)) continue;
      const expected = bySchema(EventSchema, value);
      expect(byShape(text), text).toEqual(expected);
      seen[expected === 'refused' ? 'refused' : 'whole'] += 1;
    }
    // Otherwise the damage is none, or nothing but damage.
    expect(seen.whole).toBeGreaterThan(2000);
    expect(seen.refused).toBeGreaterThan(500);
  });

  it('reads of a kept message what its schema reads', () => {
    const random = createRandom(7);
    for (let round = 0; round < 1000; round += 1) {
      const value = damage(randomValue(SendMessageSchema, random), random);
      const stored: unknown = JSON.parse(JSON.stringify([value]).slice(1, -1));
      const read = readSendMessage(stored);
      const expected = bySchema(SendMessageSchema, stored);
      expect(read ?? 'refused').toEqual(expected);
    }
  });

  it('reads of what comes over plain HTTP what its schema reads', () => {
    const random = createRandom(11);
    for (let round = 0; round < 1000; round += 1) {
      const list = damage(randomValue(ConversationListSchema, random), random);
      const expected = bySchema(ConversationListSchema, list);
      expect(answerOf(() => ({ conversations: readConversationList(list) }))).toEqual(expected);
      const error = damage(randomValue(ErrorBodySchema, random), random);
      expect(answerOf(() => readErrorBody(error))).toEqual(bySchema(ErrorBodySchema, error));
    }
  });
});
