import { describe, expect, it } from 'vitest';
import {
  MAX_COMMAND_DEPTH,
  MAX_COMMAND_FRAME_BYTES,
  commandIdIn,
  decodeCommands,
  decodeEvents,
  encodeFrame,
  encodeSseBlock,
  parseSseId,
} from './codec.ts';
import { CommandSchema, type Command } from '../schemas/commands.ts';
import { ChatError } from '../schemas/errors.ts';
import type { ChatEvent } from '../schemas/events.ts';
import { LiveEventSchema } from '../schemas/live-events.ts';
import { LoggedEventSchema, TextDeltaSchema } from '../schemas/logged-events.ts';
import { createRandom, randomValue } from '../testing/random-value.ts';

const SEEDS = Array.from({ length: 60 }, (_, seed) => seed);
const commandSchemas = CommandSchema.options.map((schema) => [schema.entries.type.literal, schema] as const);
const eventSchemas = [...LoggedEventSchema.options, ...LiveEventSchema.options].map(
  (schema) => [schema.entries.type.literal, schema] as const,
);

const delta = { type: 'text-delta', seq: 7, partId: 'm_12345678.0', at: 3, text: 'x' };
const ping = { type: 'ping', id: 'q_12345678' };
const secret = 'SECRET-WORDS';

function refusal(read: () => unknown): ChatError {
  try {
    read();
  } catch (error) {
    if (error instanceof ChatError) return error;
  }
  throw new Error('it was read');
}

describe('a frame', () => {
  it.each(commandSchemas)('carries the command %s and gives it back', (_, schema) => {
    for (const seed of SEEDS) {
      const command: Command = randomValue(schema, createRandom(seed));
      expect(decodeCommands(encodeFrame(command))).toEqual({ items: [command], ignored: 0 });
    }
  });

  it.each(eventSchemas)('carries the event %s and gives it back', (_, schema) => {
    for (const seed of SEEDS) {
      const event: ChatEvent = randomValue(schema, createRandom(seed));
      expect(decodeEvents(encodeFrame(event))).toEqual({ items: [event], ignored: 0 });
    }
  });

  it('carries an array in order, also an empty one', () => {
    const events = SEEDS.map((seed) => randomValue(TextDeltaSchema, createRandom(seed)));
    expect(decodeEvents(encodeFrame(events)).items).toEqual(events);
    expect(decodeEvents('[]')).toEqual({ items: [], ignored: 0 });
  });

  it.each(['', 'x', '{"type":', '7', 'null', '"ping"', '[7]', '[[]]', '[null]', '{}', '{"type":7}', '[{}]'])(
    'that is %j is a bad frame for both sides',
    (text) => {
      expect(refusal(() => decodeCommands(text)).code).toBe('bad-frame');
      expect(refusal(() => decodeEvents(text)).code).toBe('bad-frame');
    },
  );
});

describe('a number or an id out of its bounds', () => {
  const cursor = (seq: string, epoch = '"e"') =>
    `{"type":"read","id":"q_12345678","conversationId":"c_12345678","position":{"epoch":${epoch},"seq":${seq}}}`;

  it.each(['-1', '0.5', '1e400', '-1e400', '9007199254740992', '1e300', '"1"', 'null', '[0]', 'true'])(
    'seq %s is a bad frame for both sides',
    (seq) => {
      expect(refusal(() => decodeCommands(cursor(seq))).code).toBe('bad-frame');
      const place = seq === '"1"' ? seq : seq;
      const event = JSON.stringify(delta).replace('"seq":7', `"seq":${place}`);
      expect(event).toContain(place);
      expect(refusal(() => decodeEvents(event)).code).toBe('bad-frame');
    },
  );

  it.each(['-1', '0.5', '1e400', '9007199254740992', '"0"'])('the offset %s is a bad frame', (at) => {
    const event = JSON.stringify(delta).replace('"at":3', `"at":${at}`);
    expect(refusal(() => decodeEvents(event)).message).toMatch(/^at: /);
  });

  it.each([
    '',
    'c_',
    'c_1234567',
    `c_${'x'.repeat(65)}`,
    'c_1234\u0000678',
    'c_12345678\n',
    'm_12345678',
    'x'.repeat(60_000),
  ])('the conversation id %j is a bad frame', (conversationId) => {
    const text = JSON.stringify({ type: 'unsubscribe', id: 'q_12345678', conversationId });
    expect(refusal(() => decodeCommands(text)).message).toMatch(/^conversationId: /);
  });

  it.each(['""', `"${'e'.repeat(65)}"`, '7', 'null'])('the epoch %s is a bad frame', (epoch) => {
    expect(refusal(() => decodeCommands(cursor('1', epoch))).message).toMatch(/^position\.epoch: /);
  });

  it.each(['8640000000000001', '-1', '1e400'])('the time %s is a bad frame', (time) => {
    const text = `{"type":"pong","serverTimeMs":${time}}`;
    expect(refusal(() => decodeEvents(text)).message).toMatch(/^serverTimeMs: /);
  });
});

describe('what is newer than the reader', () => {
  it('is ignored and counted when its type is unknown (invariant 8)', () => {
    expect(decodeCommands(JSON.stringify([{ type: 'dance' }, ping]))).toEqual({ items: [ping], ignored: 1 });
    expect(decodeEvents(JSON.stringify([{ type: 'dance' }, delta]))).toEqual({ items: [delta], ignored: 1 });
  });

  it('keeps its place in the log when it is an event of the log (invariants 1, 8)', () => {
    const event = { type: 'dance', conversationId: 'c_12345678', seq: 9, first: 8, steps: [1] };
    const { steps: _, ...place } = { ...event, type: 'unknown' };
    expect(decodeEvents(JSON.stringify(event))).toEqual({ items: [place], ignored: 1 });
  });

  it('has no place in the log when it tells about a position', () => {
    const event = { type: 'dance', conversationId: 'c_12345678', epoch: 'e', seq: 9 };
    expect(decodeEvents(JSON.stringify(event))).toEqual({ items: [], ignored: 1 });
  });

  it('is left out when it is a field (invariant 8)', () => {
    expect(decodeEvents(JSON.stringify({ ...delta, mood: 1 })).items).toEqual([delta]);
    expect(decodeCommands(JSON.stringify({ ...ping, mood: 1 })).items).toEqual([ping]);
  });
});

describe('a frame of the wrong shape', () => {
  const send = {
    type: 'send-message',
    id: 'q_12345678',
    conversationId: 'c_12345678',
    messageId: 'm_12345678',
    parts: [{ type: 'text', text: 'x' }],
  };
  it.each([
    ['conversationId', { ...send, conversationId: secret }],
    ['messageId', { ...send, messageId: { secret } }],
    ['parts', { ...send, parts: [] }],
    ['parts', { ...send, parts: secret }],
    ['parts.0.text', { ...send, parts: [{ type: 'text', text: [secret] }] }],
    ['parts.0.type', { ...send, parts: [{ type: secret }] }],
    [
      'parts.1.sizeBytes',
      {
        ...send,
        parts: [...send.parts, { type: 'file', fileId: '', name: '', mediaType: '', sizeBytes: secret }],
      },
    ],
    ['id', { type: 'ping', id: secret }],
    ['token', { type: 'refresh-auth', id: 'q_12345678', token: secret.repeat(1000) }],
    ['decision', { ...send, type: 'tool-approval', callId: 'x', decision: secret }],
  ])('is refused with the name of the field, %s, and never its value', (field, value) => {
    const { code, message } = refusal(() => decodeCommands(JSON.stringify(value)));
    expect(code).toBe('bad-frame');
    expect(message).toMatch(new RegExp(`^${field.replaceAll('.', '\\.')}: `));
    expect(message).not.toContain(secret);
  });

  it('is refused when it is a known part, which is never taken for an unknown one', () => {
    const event = {
      type: 'part-started',
      conversationId: 'c_12345678',
      seq: 1,
      partId: 'm_12345678.0',
      value: { type: 'text', text: 7 },
    };
    expect(refusal(() => decodeEvents(JSON.stringify(event))).message).toMatch(/^value\.text: /);
  });

  it('is refused when a name does not fit its pattern, and the message leaves the name out', () => {
    const tools = [{ name: `${secret} `, description: '', parameters: {} }];
    expect(refusal(() => decodeCommands(JSON.stringify({ ...send, tools }))).message).toMatch(
      /^tools\.0\.name: expected \/(?!.*SECRET)/,
    );
  });

  it('is refused when a number is none that JSON can write again', () => {
    const text = JSON.stringify({
      ...send,
      parts: [{ type: 'file', fileId: '', name: '', mediaType: '', sizeBytes: 0 }],
    });
    expect(refusal(() => decodeCommands(text.replace('"sizeBytes":0', '"sizeBytes":1e999'))).code).toBe(
      'bad-frame',
    );
  });

  it('still gives the id of the command, for its rejection', () => {
    expect(commandIdIn(JSON.stringify({ ...send, parts: [] }))).toBe('q_12345678');
    expect(['', '7', '[]', '{}', '{"id":"x"}', '{"id":7}'].map(commandIdIn)).toEqual(
      Array(6).fill(undefined),
    );
  });
});

describe('the limits of a command', () => {
  const command = (text: string) =>
    `{"type":"feedback","id":"q_12345678","conversationId":"c_12345678","messageId":"m_12345678","value":null,"more":"${text}"}`;
  const room = MAX_COMMAND_FRAME_BYTES - command('').length;

  it.each([
    ['x', 1],
    ['é', 2],
    ['漢', 3],
    ['👋', 4],
  ])('count bytes of UTF-8: %s is %i', (character, bytes) => {
    const most = character.repeat(Math.floor(room / bytes));
    const pad = 'x'.repeat(room % bytes);
    expect(decodeCommands(command(most + pad)).items).toHaveLength(1);
    expect(refusal(() => decodeCommands(command(`${most}${pad}x`))).code).toBe('too-large');
  });

  it('end a nesting that could be read but not written again', () => {
    const output = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);
    const text = (levels: number) =>
      `{"type":"tool-output","id":"q_12345678","conversationId":"c_12345678","callId":"x","output":${output(levels)}}`;
    expect(decodeCommands(text(MAX_COMMAND_DEPTH - 1)).items).toHaveLength(1);
    for (const levels of [MAX_COMMAND_DEPTH, 30_000])
      expect(refusal(() => decodeCommands(text(levels))).code).toBe('bad-frame');
  });
});

describe('a text delta', () => {
  it('in a steady state has at most 90 bytes beside its text', () => {
    // A conversation of 100,000 events, an answer of a million characters, its tenth part.
    const [event] = decodeEvents(
      encodeFrame({
        type: 'text-delta',
        seq: 99_999,
        partId: 'm_ABCDEFGHIJKLMN.9',
        at: 999_999,
        text: '',
      } as ChatEvent),
    ).items;
    expect(encodeFrame(event!).length).toBeLessThanOrEqual(90);
  });
});

describe('a server-sent events block', () => {
  it('is an id and one line of data, whatever the text holds', () => {
    const frame = encodeFrame({ ...delta, text: 'a\n\r\n\ndata: x' } as ChatEvent);
    const block = encodeSseBlock(frame, { epoch: 'e1', seq: 7 });
    expect(block).toBe(`id: e1.7\ndata: ${frame}\n\n`);
    expect(frame).not.toMatch(/[\r\n]/);
    expect(encodeSseBlock('{}')).toBe('data: {}\n\n');
  });

  it('names a position that is read again, also of an epoch with dots', () => {
    for (const epoch of ['e1', 'a.b', '1.2']) expect(parseSseId(`${epoch}.7`)).toEqual({ epoch, seq: 7 });
    for (const id of ['', '7', '.7', 'e.', 'e.x', 'e.-1', `e.${'9'.repeat(16)}`, `${'e'.repeat(65)}.1`])
      expect(parseSseId(id)).toBeUndefined();
  });
});
