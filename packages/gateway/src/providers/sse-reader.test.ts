import { describe, expect, it } from 'vitest';
import { EVENT_MAX_CHARS, ExcessiveAnswerError } from './excessive-answer.ts';
import { createSseReader } from './sse-reader.ts';

function read(pieces: readonly (string | Uint8Array)[]): unknown[] {
  const events: unknown[] = [];
  const reader = createSseReader((value, name) => {
    events.push(name === '' ? value : [name, value]);
  });
  for (const piece of pieces) reader.push(Buffer.from(piece));
  reader.end();
  return events;
}

describe('the SSE reader', () => {
  it.each([
    ['line feeds', 'data: a\n\ndata: b\n\n'],
    ['carriage returns', 'data: a\r\rdata: b\r\r'],
    ['both', 'data: a\r\n\r\ndata: b\r\n\r\n'],
    ['a mixture', 'data: a\r\n\ndata: b\n\r'],
  ])('reads events whose lines end in %s, wherever the bytes are cut', (_ends, text) => {
    for (let at = 0; at <= text.length; at += 1)
      expect(read([text.slice(0, at), text.slice(at)])).toEqual(['a', 'b']);
    expect(read(Array.from(text))).toEqual(['a', 'b']);
  });

  it('decodes UTF-8 that is cut anywhere, and ignores a byte order mark at the start only', () => {
    const bytes = Buffer.from('\uFEFFdata: ["Grüße 😀\uFEFF"]\n\n');
    for (let at = 0; at <= bytes.length; at += 1)
      expect(read([bytes.subarray(0, at), bytes.subarray(at)])).toEqual([['Grüße 😀\uFEFF']]);
  });

  it('joins data lines, names events, and ignores comments and other fields', () => {
    const text = ': hello\nid: 7\nretry: 5\nevent: error\ndata:{"a":\ndata: 1}\nother: x\n\ndata:  b\n\n';
    expect(read([text])).toEqual([['error', { a: 1 }], 'b']);
  });

  it('delivers no event for comments and empty data', () => {
    expect(read([': ping\n\ndata:\n\ndata: \n\nevent: ping\n\ndata: a\n\n'])).toEqual(['a']);
  });

  it('delivers a last event without its empty line, or without the end of its line', () => {
    expect([read(['data: a\n']), read(['data: a'])]).toEqual([['a'], ['a']]);
  });

  it.each([
    ['data lines one below the other', 'data: {"a":1}\ndata: {"b":2}\n'],
    ['data lines with carriage returns', 'data: {"a":1}\r\ndata: {"b":2}\r\n'],
    ['objects in one line', 'data: {"a":1}{"b":2}\n\n'],
    ['events in one line', 'data: {"a":1} data: {"b":2}\n\n'],
    ['objects on lines of their own', '{"a":1}\n{"b":2}\n'],
    ['an object over several lines', '{\n"a":1}\n\ndata: {\ndata: "b":2}\n\n'],
    ['an object behind a word', 'data: ping\ndata: {"a":1}\ndata: {"b":2}\n\n'],
  ])('reads %s, wherever the bytes are cut (G30)', (_what, text) => {
    const values = [{ a: 1 }, { b: 2 }];
    const objects = (all: unknown[]) => all.filter((one) => typeof one === 'object');
    for (let at = 0; at <= text.length; at += 1)
      expect(objects(read([text.slice(0, at), text.slice(at)]))).toEqual(values);
  });

  it('delivers a complete object at the end of its line, before any empty line (G30)', () => {
    const values: unknown[] = [];
    const reader = createSseReader((value) => values.push(value));
    reader.push(Buffer.from('data: {"a":"}{"}\n'));
    expect(values).toEqual([{ a: '}{' }]);
  });

  it('delivers words as they are, and fails at an object that is incomplete', () => {
    expect(read(['data: ping\n\ndata: [DONE]\n\ndata: null\n\n'])).toEqual(['ping', '[DONE]', 'null']);
    expect(() => read(['data: {"a":\n\n'])).toThrow(SyntaxError);
  });

  it.each([
    ['a line', 'data: ', 'x'],
    ['an event', 'data: {\n', 'data: x\n'],
  ])('refuses %s that never ends', (_case, first, unit) => {
    const reader = createSseReader(() => undefined);
    reader.push(Buffer.from(first));
    const bytes = Buffer.from(unit.repeat(2 ** 20));
    const pushAll = () => {
      for (let size = 0; size <= EVENT_MAX_CHARS; size += bytes.length / unit.length) reader.push(bytes);
    };
    expect(pushAll).toThrow(ExcessiveAnswerError);
  });
});
