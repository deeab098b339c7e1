import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { decodeEvents, readSendMessage } from './codec.ts';
import { SendMessageSchema } from '../schemas/commands.ts';
import { ChatError } from '../schemas/errors.ts';
import { LiveEventSchema } from '../schemas/live-events.ts';
import { LoggedEventSchema } from '../schemas/logged-events.ts';
import { damage } from '../testing/damage.ts';
import { createRandom, randomValue } from '../testing/random-value.ts';

const SEEDS = Array.from({ length: 60 }, (_, seed) => seed);
const eventSchemas = [...LoggedEventSchema.options, ...LiveEventSchema.options].map(
  (schema) => [schema.entries.type.literal, schema] as const,
);

const secret = 'SECRET-WORDS';
/** What a field may hold instead of what its schema asks for. */
const ODD = [null, -1, 0.5, secret, [secret], { secret }, [[]], true];
type Fields = Record<string, unknown>;

function refusal(read: () => unknown): ChatError {
  try {
    read();
  } catch (error) {
    if (error instanceof ChatError) return error;
  }
  throw new Error('it was read');
}

describe('a damaged event', () => {
  it.each(eventSchemas)('%s is refused with the name of the field that is missing', (_, schema) => {
    const event: Fields = randomValue(schema, createRandom(1));
    for (const [field, entry] of Object.entries<v.GenericSchema>(schema.entries)) {
      if (field === 'type' || entry.type === 'optional' || 'fallback' in entry) continue;
      const { [field]: _, ...rest } = event;
      expect(refusal(() => decodeEvents(JSON.stringify(rest))).message).toBe(`${field}: expected a value`);
    }
  });

  it.each(eventSchemas)(
    '%s is refused with the name of the field that is wrong, never its value',
    (_, schema) => {
      for (const seed of SEEDS) {
        const event: Fields = randomValue(schema, createRandom(seed));
        const field = Object.keys(event)[1 + (seed % (Object.keys(event).length - 1))]!;
        const value = { ...event, [field]: ODD[seed % ODD.length] };
        const { success } = v.safeParse(schema, value);
        if (success) continue;
        const { code, message } = refusal(() => decodeEvents(JSON.stringify([value])));
        expect([code, message.split(/[.:]/)[0]]).toEqual(['bad-frame', field]);
        expect(message).not.toContain(secret);
      }
    },
  );

  it('is read exactly when its schema reads it, however deep the damage is', () => {
    const random = createRandom(20_261_122);
    const seen = { read: 0, refused: 0 };
    for (let round = 0; round < 3000; round += 1) {
      const schema = eventSchemas[round % eventSchemas.length]![1];
      const text = JSON.stringify(damage(randomValue(schema, random), random));
      const expected = v.safeParse(schema, JSON.parse(text));
      if (expected.success) expect(decodeEvents(text).items).toEqual([expected.output]);
      else expect(refusal(() => decodeEvents(text)).code, text).toBe('bad-frame');
      seen[expected.success ? 'read' : 'refused'] += 1;
    }
    // Otherwise the damage is none, or nothing but damage.
    expect(Math.min(seen.read, seen.refused)).toBeGreaterThan(300);
  });
});

describe('a part', () => {
  const started = (value: unknown) =>
    JSON.stringify({
      type: 'part-started',
      conversationId: 'c_12345678',
      seq: 1,
      partId: 'm_12345678.0',
      value,
    });

  it('of an unknown type is kept as an unknown part, so that its neighbours keep their indexes', () => {
    expect(decodeEvents(started({ type: 'dance', steps: [1] })).items).toMatchObject([
      { value: { type: 'unknown' } },
    ]);
  });

  it.each(['__proto__', 'constructor', 'toString', ''])('of the type %j is an unknown part', (type) => {
    expect(decodeEvents(started({ type })).items).toMatchObject([{ value: { type: 'unknown' } }]);
  });

  it.each([
    ['value', null],
    ['value', 7],
    ['value.type', {}],
    ['value.type', { type: 7 }],
    ['value.sizeBytes', { type: 'file', fileId: '', name: '', mediaType: '', sizeBytes: 0.5 }],
    ['value.callId', { type: 'tool', name: '', inputText: '' }],
  ])('without what it needs is refused with the name %s', (field, value) => {
    expect(refusal(() => decodeEvents(started(value))).message).toMatch(new RegExp(`^${field}: expected `));
  });

  it('loses the fields that the reader does not know', () => {
    const [event] = decodeEvents(started({ type: 'text', text: 'x', mood: 1 })).items;
    expect(event).toMatchObject({ value: { type: 'text', text: 'x' } });
    expect(JSON.stringify(event)).not.toContain('mood');
  });
});

describe('a kept message', () => {
  it('is read exactly when its schema reads it', () => {
    const random = createRandom(7);
    for (let round = 0; round < 1000; round += 1) {
      const text = JSON.stringify([damage(randomValue(SendMessageSchema, random), random)]);
      const [stored] = JSON.parse(text) as unknown[];
      const expected = v.safeParse(SendMessageSchema, stored);
      expect(readSendMessage(stored)).toEqual(expected.success ? expected.output : undefined);
    }
  });
});
