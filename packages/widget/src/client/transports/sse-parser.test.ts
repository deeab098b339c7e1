import { describe, expect, it } from 'vitest';
import { SseParser } from './sse-parser.ts';

describe('the parser of server-sent events', () => {
  it.each([
    [
      '\n',
      ':\n\nid: k3.4\ndata: {"a":"\u2028 é👩‍👩‍👧"}\n\n:\n\ndata:two\n\ndata: x\ndata: y\n\nevent: other\n\n',
    ],
    ['\r\n', ':\r\n\r\ndata: {"a":"\u2028 é👩‍👩‍👧"}\r\n\r\ndata:two\r\n\r\ndata: x\r\ndata: y\r\n\r\n'],
  ])('reads the same blocks wherever the text is cut, lines ending with %j', (_end, text) => {
    const expected = ['{"a":"\u2028 é👩‍👩‍👧"}', 'two', 'x\ny'];
    for (let cut = 0; cut <= text.length; cut += 1) {
      const parser = new SseParser();
      expect([...parser.push(text.slice(0, cut)), ...parser.push(text.slice(cut))]).toEqual(expected);
    }
  });

  it('returns a block only when it is complete', () => {
    const parser = new SseParser();
    expect(parser.push('data: {"a"')).toEqual([]);
    expect(parser.push(':1}\n')).toEqual([]);
    expect(parser.push('\n')).toEqual(['{"a":1}']);
  });
});
