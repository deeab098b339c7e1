/** What an upstream may do to HTTP: statuses, headers, framing, compression, broken connections. */
import { gzipSync } from 'node:zlib';
import type { Behaviour } from './raw-upstream.ts';
import {
  ANSWER,
  DONE,
  drip,
  event,
  fails,
  head,
  HELLO,
  hold,
  JSON_HEAD,
  reset,
  row,
  send,
  SSE,
  STOP,
  stops,
  text,
} from './responses.ts';

const sse = (headers: Record<string, string>) =>
  head('200 OK', { 'content-type': 'text/event-stream', ...headers });
const chunked = (...parts: string[]) =>
  parts.map((part) => `${Buffer.byteLength(part).toString(16)}\r\n${part}\r\n`).join('');
const CHUNKED = sse({ 'transfer-encoding': 'chunked' });

/** The code of a run whose upstream answers with a status and no words. */
const CODE_OF_STATUS: Record<string, string> = {
  401: 'upstream-unconfigured',
  402: 'quota-exceeded',
  403: 'upstream-unconfigured',
  404: 'upstream-unconfigured',
  405: 'upstream-unconfigured',
  410: 'upstream-unconfigured',
  413: 'context-length',
  429: 'upstream-rate-limited',
  503: 'upstream-overloaded',
  529: 'upstream-overloaded',
};
const STATUSES = [
  ...[
    300, 301, 302, 303, 304, 305, 307, 308, 400, 401, 402, 403, 404, 405, 406, 407, 408, 409, 410, 411, 412,
    413, 414,
  ],
  ...[
    415, 416, 418, 421, 422, 423, 424, 425, 426, 428, 429, 431, 451, 499, 500, 501, 502, 503, 504, 505, 507,
    511, 520,
  ],
  ...[524, 529, 530, 599, 600, 700, 999],
];

const statuses = STATUSES.map((status) =>
  row(
    `status ${status}`,
    fails([
      'upstream-failed',
      'upstream-timeout',
      'upstream-overloaded',
      CODE_OF_STATUS[status] ?? 'upstream-failed',
    ]),
    send(head(`${status} Whatever`, { location: 'http://127.0.0.1:9/v1/chat/completions' }), '{"error":{}}'),
  ),
);

const REST = [
  row('status 100 before the answer', fails(), send('HTTP/1.1 100 Continue\r\n\r\n', SSE, ANSWER)),
  row(
    'status 103 before the answer',
    stops(),
    send('HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n', SSE, ANSWER),
  ),
  row(
    'status 101',
    fails(),
    send('HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n'),
  ),
  row('status 201 with an answer', stops(), send(head('201 Created'), ANSWER)),
  row('status 204', fails(['upstream-truncated', 'upstream-empty']), send(head('204 No Content'))),
  row('status 205', fails(['upstream-truncated', 'upstream-empty']), send(head('205 Reset Content'))),
  row('status 206 with an answer', stops(), send(head('206 Partial Content'), ANSWER)),
  row('an empty body', fails(['upstream-truncated', 'upstream-empty']), send(SSE)),
  row(
    'an error body that never ends',
    fails(['upstream-failed', 'upstream-timeout']),
    drip(head('500 No'), 'sorry ', 50),
  ),
  row('nothing but the end of the connection', fails(), send()),
  row('a reset at once', fails(), reset()),
  row('no HTTP', fails(), send('220 mail.example ESMTP\r\n')),
  row('the bytes of TLS', fails(), send(Buffer.from('160301020001000001fc0303', 'hex'))),
  row('HTTP/0.9', fails(), send(ANSWER)),
  row('the preface of HTTP/2', fails(), send('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')),
  row('HTTP/1.0', stops(), send('HTTP/1.0 200 OK\r\n\r\n', ANSWER)),
  row('a status line that breaks off', fails(), send('HTTP/1.1 20')),
  row('headers that break off', fails(), send('HTTP/1.1 200 OK\r\ncontent-ty')),
  row(
    'headers that come slowly and never end',
    fails('upstream-timeout'),
    drip('HTTP/1.1 200 OK\r\n', 'x-a: b\r\n', 30),
  ),
  row('a header of a megabyte', fails(), send(head('200 OK', { 'x-bomb': 'x'.repeat(2 ** 20) }), ANSWER)),
  row(
    'a hundred thousand headers',
    fails(),
    send('HTTP/1.1 200 OK\r\n', 'x-a: b\r\n'.repeat(100_000), '\r\n', ANSWER),
  ),
  row('a header without a colon', fails(), send('HTTP/1.1 200 OK\r\nnothing\r\n\r\n', ANSWER)),
  row('a header with NUL', fails(), send('HTTP/1.1 200 OK\r\nx-a: b\u0000c\r\n\r\n', ANSWER)),
  row('a long reason', stops(), send(head(`200 ${'OK'.repeat(1_000)}`), ANSWER)),
  row('two lengths', fails(), send('HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 9\r\n\r\nHello')),
  row('a negative length', fails(), send(head('200 OK', { 'content-length': '-1' }), ANSWER)),
  row(
    'a length that is too short',
    fails(['upstream-truncated', 'upstream-failed']),
    send(sse({ 'content-length': '20' }), ANSWER),
  ),
  row('a length that is too long, after [DONE]', stops(), send(sse({ 'content-length': '9999' }), ANSWER)),
  row('a length that is too long, before the end', fails(), send(sse({ 'content-length': '9999' }), HELLO)),
  row('chunks', stops(), send(CHUNKED, chunked(HELLO, STOP, DONE), '0\r\n\r\n')),
  row(
    'chunks with trailers',
    stops(),
    send(CHUNKED, chunked(HELLO, STOP, DONE), '0\r\nx-checksum: 1\r\n\r\n'),
  ),
  row(
    'chunks with extensions',
    stops(),
    send(CHUNKED, `${ANSWER.length.toString(16)};a=b\r\n${ANSWER}\r\n0\r\n\r\n`),
  ),
  row('a chunk without its size', fails(), send(CHUNKED, 'zz\r\nHello\r\n')),
  row(
    'a chunk of 2^60 bytes',
    fails(['upstream-failed', 'upstream-truncated']),
    send(CHUNKED, `1000000000000000\r\n${HELLO}`),
  ),
  row(
    'chunks and a length',
    fails(),
    send(sse({ 'transfer-encoding': 'chunked', 'content-length': '5' }), chunked(ANSWER), '0\r\n\r\n'),
  ),
  row(
    'two responses at once',
    stops(),
    send(CHUNKED, chunked(ANSWER), '0\r\n\r\n', CHUNKED, chunked(ANSWER), '0\r\n\r\n'),
  ),
  row('gzip', stops(), send(sse({ 'content-encoding': 'gzip' }), gzipSync(ANSWER))),
  row('gzip that is none', fails(), send(sse({ 'content-encoding': 'gzip' }), ANSWER)),
  row(
    'gzip that breaks off',
    fails(),
    send(sse({ 'content-encoding': 'gzip' }), gzipSync(text('x'.repeat(9_999))).subarray(0, 60)),
  ),
  row(
    'an encoding that is unknown',
    fails(['upstream-failed', 'upstream-truncated']),
    send(sse({ 'content-encoding': 'zstd' }), Buffer.from('28b52ffd', 'hex')),
  ),
  row('no answer at all', fails('upstream-timeout'), hold()),
  row('headers and nothing more', fails('upstream-timeout'), hold(SSE)),
  row('text and nothing more', fails('upstream-stalled', { text: 'Hello.' }), hold(SSE, HELLO)),
  row('a finish reason and nothing more', stops(), hold(SSE, HELLO, STOP)),
  row('[DONE] and nothing more', stops(), hold(SSE, ANSWER)),
  row('a reset after the headers', fails(['upstream-failed', 'upstream-truncated']), reset(SSE)),
  row(
    'a reset after text',
    fails(['upstream-failed', 'upstream-truncated'], { text: 'Hello.' }),
    reset(SSE, HELLO),
  ),
  row('a reset after the finish reason', stops(), reset(SSE, HELLO, STOP)),
  row('a reset after [DONE]', stops(), reset(SSE, ANSWER)),
  row('a reset within a JSON document', fails(), reset(JSON_HEAD, '{"choices":[{"message":{"cont')),
  row(
    'an error event after text',
    fails('upstream-failed', { text: 'Hello.' }),
    send(SSE, HELLO, event({ error: { message: 'broken' } })),
  ),
];

/** A reset after so many bytes of a whole response. Before the finish reason it fails, after it the answer is complete. */
const WHOLE = SSE + ANSWER;
const COMPLETE_AT = (SSE + HELLO + STOP).length - 1;
const resets = Array.from({ length: Math.ceil(WHOLE.length / 12) }, (_, step) => 12 * step).map((bytes) =>
  row(
    `a reset at byte ${bytes}`,
    bytes < COMPLETE_AT ? fails(['upstream-failed', 'upstream-truncated']) : stops(),
    reset(WHOLE.slice(0, bytes)),
  ),
);

/** What an upstream may do to HTTP. */
export const HTTP_BEHAVIOURS: readonly Behaviour[] = [...statuses, ...REST, ...resets];
