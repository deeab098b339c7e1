/** Properties of the codec and the fold over arbitrary input. `npm run test:hostile` tries 100,000 cases of each; the tests a sample. */
import fc from 'fast-check';
import type * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { decodeCommands, decodeEvents, encodeFrame } from './codec/codec.ts';
import { fold } from './conversation/fold.ts';
import { CommandSchema, type Command } from './schemas/commands.ts';
import { ChatError } from './schemas/errors.ts';
import { LoggedEventSchema, type LoggedEvent } from './schemas/logged-events.ts';
import { emptyConversation, type Conversation } from './schemas/message.ts';
import { createRandom, randomValue } from './testing/random-value.ts';

const numRuns = process.env.RIVULET_SCALE === 'full' ? 100_000 : 500;
const TIMEOUT_MS = 600_000;
const options = { numRuns };

/** JSON that often has the fields of the protocol, with values of any kind. */
const fields = [
  'type',
  'id',
  'conversationId',
  'messageId',
  'partId',
  'seq',
  'first',
  'at',
  'text',
  'parts',
  'cursor',
  'epoch',
  'value',
  '__proto__',
  'constructor',
];
const types = [
  'hello',
  'ping',
  'send-message',
  'subscribe',
  'text-delta',
  'part-started',
  'run-finished',
  'snapshot',
  'welcome',
  '__proto__',
];
const ids = ['q_12345678', 'c_12345678', 'm_12345678', 'm_12345678.0', 'r_12345678'];
const leaf = fc.oneof(
  fc.constantFrom(...types, ...ids),
  fc.string({ unit: 'binary' }),
  fc.double(),
  fc.maxSafeInteger(),
  fc.boolean(),
  fc.constant(null),
);
const { frameLike } = fc.letrec<{ frameLike: unknown }>((tie) => ({
  frameLike: fc.oneof(
    { maxDepth: 5 },
    leaf,
    fc.array(tie('frameLike'), { maxLength: 4 }),
    fc.dictionary(fc.oneof(fc.constantFrom(...fields), fc.string()), tie('frameLike'), {
      maxKeys: 6,
      noNullPrototype: true,
    }),
  ),
}));
const frameText = fc.oneof(
  frameLike.map((value) => JSON.stringify(value)),
  fc.string({ unit: 'binary' }),
  fc.json(),
);
const randomOf = <Schema extends v.GenericSchema>(schemas: readonly Schema[]) =>
  fc
    .tuple(fc.nat(schemas.length - 1), fc.nat())
    .map(([at, seed]) => randomValue(schemas[at]!, createRandom(seed)));
const command: fc.Arbitrary<Command> = randomOf(CommandSchema.options);
const event = randomOf(LoggedEventSchema.options) as fc.Arbitrary<LoggedEvent>;

/** What the reader gives, or `refused`. Anything but a ChatError that says bad-frame or too-large fails. */
function outcome(read: () => { items: unknown[] }): unknown[] | 'refused' {
  try {
    return read().items;
  } catch (error) {
    if (error instanceof ChatError && (error.code === 'bad-frame' || error.code === 'too-large'))
      return 'refused';
    throw error;
  }
}

describe('any text', { timeout: TIMEOUT_MS }, () => {
  it.each([
    ['commands', decodeCommands],
    ['events', decodeEvents],
  ] as const)(
    'is read as %s or refused with a typed error, and what is read can be written and read again',
    (_, decode) => {
      fc.assert(
        fc.property(frameText, (text) => {
          const items = outcome(() => decode(text));
          if (items === 'refused') return;
          const again = encodeFrame(items as Command[]);
          expect(decode(again).items).toEqual(items);
          expect(({} as Record<string, unknown>).type).toBeUndefined();
        }),
        options,
      );
    },
  );
});

describe('any command', { timeout: TIMEOUT_MS }, () => {
  it('survives the wire', () => {
    fc.assert(
      fc.property(fc.array(command, { minLength: 1, maxLength: 3 }), (commands) => {
        const items = outcome(() => decodeCommands(encodeFrame(commands)));
        if (items !== 'refused') expect(encodeFrame(items as Command[])).toBe(encodeFrame(commands));
      }),
      options,
    );
  });
});

describe('any order of events', { timeout: TIMEOUT_MS }, () => {
  const applied = (events: readonly LoggedEvent[]): Conversation =>
    events.reduce(fold, emptyConversation('c_12345678' as Conversation['id'], 0));

  it('folds without an error to a state that can be written, and each event a second time changes nothing of value', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 12 }), (events) => {
        const state = applied(events);
        expect(JSON.parse(JSON.stringify(state))).toEqual(
          JSON.parse(JSON.stringify(applied(structuredClone(events)))),
        );
        const ids = state.messages.map(({ id }) => id);
        expect(new Set(ids).size).toBe(ids.length);
      }),
      options,
    );
  });
});
