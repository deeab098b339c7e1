/** What an upstream may put into an answer: events that are none, odd values, secrets, control characters. */
import { CANARY_KEY, type Behaviour } from './raw-upstream.ts';
import {
  ANSWER,
  choice,
  DONE,
  event,
  fails,
  head,
  HELLO,
  JSON_HEAD,
  pause,
  row,
  send,
  SSE,
  STOP,
  stops,
  text,
} from './responses.ts';

const completion = (fields: object = {}) => ({
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hello.' }, finish_reason: 'stop' }],
  ...fields,
});
const withUsage = (usage: string) =>
  `${HELLO}data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":${usage}}\n\n${DONE}`;
const labelled = (type: string) => head('200 OK', { 'content-type': type });
const deep = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);
/** Writes each piece by itself. */
const slowly =
  (...parts: (string | Buffer)[]): Behaviour['play'] =>
  async (socket) => {
    for (const part of parts) {
      socket.write(part);
      await pause(5);
    }
    socket.end();
  };
const halves = (value: string) => [value.slice(0, 17), value.slice(17)].map((half) => text(half)).join('');

const USAGES = [
  '{"prompt_tokens":1e400,"completion_tokens":1}',
  '{"prompt_tokens":-1,"completion_tokens":-1}',
].concat(
  '{"prompt_tokens":"9","completion_tokens":"9"}',
  '{"prompt_tokens":0.5,"completion_tokens":1e15}',
  '{"prompt_tokens":null}',
  '[]',
  '"many"',
  '-0',
);

/** What an upstream may put into an answer. */
export const STREAM_BEHAVIOURS: readonly Behaviour[] = [
  ...['text/html', 'application/json', 'image/png', 'text/plain; charset=utf-16', ';;;'].map((type) =>
    row(`an answer labelled ${type}`, stops(), send(labelled(type), ANSWER)),
  ),
  ...USAGES.map((usage) => row(`usage ${usage}`, stops(), send(SSE, withUsage(usage)))),
  ...[
    'null',
    '42',
    '"text"',
    '[]',
    '{}',
    '{"choices":null}',
    '{"choices":[null]}',
    '{"choices":"no"}',
    '{"choices":{}}',
  ].map((value) => row(`an event ${value}`, stops(), send(SSE, event(value), ANSWER))),
  ...[null, [], 'text', 5, { content: 5 }, { content: {} }, { content: [null, 5] }, { tool_calls: 'no' }].map(
    (delta) => row(`a delta ${JSON.stringify(delta)}`, stops(), send(SSE, choice(delta), ANSWER)),
  ),
  ...[5, {}, true, 'x'.repeat(100_000), 'FinishReason.STOP', '\u0000'].map((reason, index) =>
    row(`a finish reason of kind ${index}`, stops(), send(SSE, HELLO, choice({}, reason), DONE)),
  ),
  row('a byte order mark', stops(), send(SSE, '\ufeff', ANSWER)),
  row('lines that end in CR', stops(), send(SSE, ANSWER.replaceAll('\n', '\r'))),
  row('lines that end in CR LF', stops(), send(SSE, ANSWER.replaceAll('\n', '\r\n'))),
  row('one byte at a time', stops(), slowly(SSE, ...Array.from(ANSWER))),
  row(
    'comments and fields that mean nothing',
    stops(),
    send(SSE, ': hi\n\nretry: 0\nid: \u0000\nevent: ping\ndata\n\nnonsense\n\n', ANSWER),
  ),
  row('comments only', fails(['upstream-truncated', 'upstream-empty']), send(SSE, ': hi\n\n'.repeat(1_000))),
  row(
    'empty deltas only',
    fails(['upstream-empty', 'upstream-truncated']),
    send(SSE, choice({}).repeat(100), STOP, DONE),
  ),
  row('[DONE] only', fails(['upstream-truncated', 'upstream-empty']), send(SSE, DONE)),
  row('white space only', fails('upstream-empty'), send(SSE, text(' \n\t '), STOP, DONE)),
  row('reasoning only', fails('upstream-empty'), send(SSE, choice({ reasoning_content: 'Hm.' }), STOP, DONE)),
  row('text after [DONE]', stops(), send(SSE, ANSWER, text(' And more.'), STOP, DONE)),
  row(
    'JSON that breaks off',
    fails(['upstream-failed', 'upstream-truncated'], { text: 'Hello.' }),
    send(SSE, HELLO, 'data: {"choices":[{"del\n\n', 'data: x\n\n'),
  ),
  row('JSON of 100,000 levels', stops(), send(SSE, event(`{"x":${deep(100_000)}}`), ANSWER)),
  row(
    'a content of 10,000 levels',
    stops(),
    send(SSE, event(`{"choices":[{"delta":{"content":${deep(10_000)}}}]}`), ANSWER),
  ),
  row(
    'names of the prototype',
    stops(),
    send(
      SSE,
      event('{"__proto__":{"a":1},"constructor":{"prototype":{}},"choices":[]}'),
      choice({ __proto__: null, toString: 1 }),
      ANSWER,
    ),
  ),
  row(
    'an error that is a text',
    fails('upstream-failed', { text: 'Hello.' }),
    send(SSE, HELLO, event({ error: 'no' })),
  ),
  row(
    'an error that is a number',
    fails('upstream-failed', { text: 'Hello.' }),
    send(SSE, HELLO, event({ error: 500 })),
  ),
  row(
    'an error event by name',
    fails('upstream-failed', { text: 'Hello.' }),
    send(SSE, HELLO, 'event: error\ndata: {}\n\n'),
  ),
  row(
    'several choices',
    stops(),
    send(
      SSE,
      event({ choices: [{ index: 1, delta: { content: 'Other' } }] }),
      HELLO,
      event({ choices: [{ index: 2, delta: { content: 'Third' } }] }),
      STOP,
      DONE,
    ),
  ),
  row(
    'a filter',
    { reason: 'blocked', text: 'Hello.' },
    send(SSE, HELLO, choice({}, 'content_filter'), DONE),
  ),
  row('a length', { reason: 'length', text: 'Hello.' }, send(SSE, HELLO, choice({}, 'length'), DONE)),
  row(
    'NUL and escape sequences',
    stops('Hello.'),
    send(SSE, text('\u0000He\u001b\u0007llo\u009d.\u0090'), STOP, DONE),
  ),
  row(
    'half of a character',
    stops('a\ufffdb'),
    send(SSE, 'data: {"choices":[{"delta":{"content":"a\\ud83d"}}]}\n\n', text('b'), STOP, DONE),
  ),
  row(
    'a character in two events',
    stops('\u{1f600}'),
    send(
      SSE,
      'data: {"choices":[{"delta":{"content":"\\ud83d"}}]}\n\ndata: {"choices":[{"delta":{"content":"\\ude00"}}]}\n\n',
      STOP,
      DONE,
    ),
  ),
  row(
    'bytes that are not UTF-8',
    stops('\ufffd\ufffd'),
    send(SSE, Buffer.from('data: {"choices":[{"delta":{"content":"\xff\xfe"}}]}\n\n', 'latin1'), STOP, DONE),
  ),
  row('the key', stops('It is [hidden].'), send(SSE, text(`It is ${CANARY_KEY}.`), STOP, DONE)),
  row('the key in two pieces', stops('[hidden]'), send(SSE, halves(CANARY_KEY), STOP, DONE)),
  row(
    'the key, one character at a time',
    stops('sk-[hidden]'),
    slowly(SSE, ...Array.from(CANARY_KEY, (one) => text(one)), STOP, DONE),
  ),
  row(
    'the key with NUL in it',
    stops('[hidden]'),
    send(SSE, text(CANARY_KEY.replace('-', '\u0000-')), STOP, DONE),
  ),
  row('the key in reasoning', stops(), send(SSE, choice({ reasoning_content: CANARY_KEY }), ANSWER)),
  row(
    'the key in an error',
    fails('upstream-unconfigured'),
    send(head('401 No'), JSON.stringify({ error: { message: `Wrong key ${CANARY_KEY}`, code: CANARY_KEY } })),
  ),
  row(
    'the key in an error after text',
    fails('upstream-failed', { text: 'Hello.' }),
    send(SSE, HELLO, event({ error: { message: CANARY_KEY, type: CANARY_KEY } })),
  ),
  row('the key in a header', stops(), send(head('200 OK', { 'x-request-id': CANARY_KEY }), ANSWER)),
  row('a completion', stops(), send(JSON_HEAD, JSON.stringify(completion()))),
  row(
    'a completion within data',
    stops(),
    send(JSON_HEAD, JSON.stringify({ code: 0, message: 'ok', data: completion() })),
  ),
  row('completions in a list', stops(), send(JSON_HEAD, JSON.stringify([completion()]))),
  row('JSON without an answer', fails(), send(JSON_HEAD, '{"hello":"world"}')),
  row('a failure labelled 200', fails(), send(JSON_HEAD, '{"error":{"message":"no"}}')),
  row('a web page', fails(), send(labelled('text/html'), '<!doctype html><script>alert(1)</script>')),
  row('a text', fails(), send(labelled('text/plain'), 'Service is fine.')),
  row('binary', fails(), send(labelled('image/png'), Buffer.from('89504e470d0a1a0a00ff', 'hex'))),
];
