/** Hostile HTTP: malformed requests, smuggling, bodies that lie. */
import { gzipSync } from 'node:zlib';
import type { Attempt } from './raw-connection.ts';

const HOST = 'Host: localhost';
const CLOSE = 'Connection: close';
const raw = (name: string, ...writes: (string | Buffer)[]): Omit<Attempt, 'answer'> => ({ name, writes });
const get = (name: string, target: string, headers: string[] = [HOST, CLOSE]) =>
  raw(name, `GET ${target} HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n`);
const post = (name: string, path: string, body: string | Buffer, headers: string[] = []) =>
  raw(
    name,
    `POST ${path} HTTP/1.1\r\n${[HOST, CLOSE, `Content-Length: ${Buffer.byteLength(body)}`, ...headers].join('\r\n')}\r\n\r\n`,
    body,
  );
const chunked = (name: string, body: string, headers: string[] = ['Transfer-Encoding: chunked']) =>
  raw(name, `POST /v1/commands HTTP/1.1\r\n${[HOST, CLOSE, ...headers].join('\r\n')}\r\n\r\n${body}`);

const hello = (more: object = {}) => ({
  type: 'hello',
  id: 'q_12345678',
  protocol: '1.0',
  site: 'demo',
  client: { name: 'raw', version: '0' },
  capabilities: [],
  subscriptions: [],
  ...more,
});
const deep = (levels: number) => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;
const bomb = gzipSync(Buffer.alloc(50 * 1024 * 1024));

/** Requests that no client sends, without their answers. */
export const HTTP_ATTEMPTS: Omit<Attempt, 'answer'>[] = [
  raw('a TLS handshake', Buffer.from('16030100ff010000fb0303', 'hex'), Buffer.alloc(300)),
  raw('zeros', Buffer.alloc(4_096)),
  raw('the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
  raw('no version', 'GET /\r\n\r\n'),
  raw('version 9.9', `GET / HTTP/9.9\r\n${HOST}\r\n\r\n`),
  raw('a method in lower case', `get / HTTP/1.1\r\n${HOST}\r\n\r\n`),
  raw('an unknown method', `LEVITATE / HTTP/1.1\r\n${HOST}\r\n\r\n`),
  raw('a method of SMTP', 'HELO a.example\r\nMAIL FROM:<a@a.example>\r\n'),
  raw('a method of Redis', '*1\r\n$4\r\nPING\r\n'),
  raw('CONNECT', `CONNECT a.example:443 HTTP/1.1\r\n${HOST}\r\n\r\n`),
  raw('TRACE', `TRACE /v1/poll HTTP/1.1\r\n${HOST}\r\n${CLOSE}\r\n\r\n`),
  get('no Host', '/healthz', [CLOSE]),
  get('two Hosts', '/healthz', [HOST, 'Host: evil.example', CLOSE]),
  get('a header without a colon', '/healthz', [HOST, 'Nonsense', CLOSE]),
  get('a space before the colon', '/healthz', [HOST, 'Transfer-Encoding : chunked', CLOSE]),
  get('a NUL in a header', '/healthz', [HOST, 'X-A: a\0b', CLOSE]),
  get('a control in a header', '/healthz', [HOST, 'X-A: a\x01b', CLOSE]),
  get('a bare CR in a header', '/healthz', [HOST, 'X-A: a\rb', CLOSE]),
  get('a folded header', '/healthz', [HOST, 'X-A: a', ' b', CLOSE]),
  raw('bare line feeds', `GET /healthz HTTP/1.1\n${HOST}\n${CLOSE}\n\n`),
  get('an empty header name', '/healthz', [HOST, ': a', CLOSE]),
  get('a header of 20 kB', '/healthz', [HOST, `X-A: ${'a'.repeat(20_000)}`, CLOSE]),
  get('3,000 headers', '/healthz', [
    HOST,
    ...Array.from({ length: 3_000 }, (_, index) => `x${index}: a`),
    CLOSE,
  ]),
  get('a target of 20 kB', `/${'a'.repeat(20_000)}`),
  get('a target with a NUL', '/healthz\0'),
  get('a target of another server', 'http://evil.example/healthz'),
  get('a target that leads up', '/../../etc/passwd'),
  get('an encoded target that leads up', '/%2e%2e/%2e%2e/etc/passwd'),
  get('an encoded NUL', '/v1/files/%00'),
  get('an escape that is no UTF-8', '/v1/conversations/%ff'),
  get('half an escape', '/v1/files/%'),
  raw('OPTIONS *', `OPTIONS * HTTP/1.1\r\n${HOST}\r\n${CLOSE}\r\n\r\n`),
  get('an unknown expectation', '/healthz', [HOST, 'Expect: a-miracle', CLOSE]),
  get('an upgrade to h2c', '/healthz', [
    HOST,
    'Connection: Upgrade, HTTP2-Settings, close',
    'Upgrade: h2c',
    'HTTP2-Settings: AAMAAABk',
  ]),
  chunked('two lengths', 'x', ['Content-Length: 1', 'Content-Length: 2']),
  chunked('a list of lengths', 'x', ['Content-Length: 1, 1']),
  chunked('a negative length', 'x', ['Content-Length: -1']),
  chunked('a length with a sign', 'x', ['Content-Length: +1']),
  chunked('a length in hexadecimal', 'x', ['Content-Length: 0x1']),
  chunked('a length over 64 bits', 'x', ['Content-Length: 99999999999999999999']),
  chunked('a length and chunks', '0\r\n\r\nGET /metrics HTTP/1.1\r\n', [
    'Content-Length: 4',
    'Transfer-Encoding: chunked',
  ]),
  chunked('chunks and a length', '0\r\n\r\nGET /metrics HTTP/1.1\r\n', [
    'Transfer-Encoding: chunked',
    'Content-Length: 4',
  ]),
  chunked('chunks that are not last', '0\r\n\r\n', ['Transfer-Encoding: chunked, identity']),
  chunked('an unknown coding', '0\r\n\r\n', ['Transfer-Encoding: xchunked']),
  chunked('two chunked codings', '0\r\n\r\n', ['Transfer-Encoding: chunked', 'Transfer-Encoding: chunked']),
  chunked('a tab before chunked', '0\r\n\r\n', ['Transfer-Encoding:\tchunked']),
  chunked('a chunk size that is no number', 'zz\r\nx\r\n0\r\n\r\n'),
  chunked('a chunk size over 64 bits', 'fffffffffffffffff\r\nx\r\n0\r\n\r\n'),
  chunked('a negative chunk size', '-1\r\nx\r\n0\r\n\r\n'),
  chunked('a chunk that is longer than its size', '1\r\nxyz\r\n0\r\n\r\n'),
  chunked('a chunk without its line end', '1\r\nx0\r\n\r\n'),
  chunked('a chunk extension of 20 kB', `1;${'a'.repeat(20_000)}\r\nx\r\n0\r\n\r\n`),
  chunked('a trailer that is no header', '0\r\nnonsense\r\n\r\n'),
  raw(
    'a request within the body of another',
    `POST /v1/commands HTTP/1.1\r\n${HOST}\r\nContent-Length: 2\r\n\r\n{}GET /healthz HTTP/1.1\r\n${HOST}\r\n${CLOSE}\r\n\r\n`,
  ),
  raw('nothing'),
  raw('half a request line', 'GET /hea'),
  raw('headers that never end', `GET /healthz HTTP/1.1\r\n${HOST}\r\nX-Slow: `),
  raw('a body that never comes', `POST /v1/poll HTTP/1.1\r\n${HOST}\r\nContent-Length: 100\r\n\r\n`),
  raw('a body that stops', `POST /v1/sse HTTP/1.1\r\n${HOST}\r\nContent-Length: 100\r\n\r\n{"type":`),
  raw(
    'chunks that stop',
    `POST /v1/commands HTTP/1.1\r\n${HOST}\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n[{"ty\r\n`,
  ),
  raw(
    'a body after an expectation',
    `POST /v1/poll HTTP/1.1\r\n${HOST}\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n`,
  ),
  ...[
    '/v1/sse',
    '/v1/poll',
    '/v1/commands',
    '/v1/conversations/c_12345678/messages',
    '/v1/ai-sdk/chat',
  ].flatMap((path) => [
    post(`${path}: no body`, path, ''),
    post(`${path}: not JSON`, path, '{'),
    post(`${path}: invalid UTF-8`, path, Buffer.from('7b2261223a22ff22', 'hex')),
    post(`${path}: a number`, path, '7'),
    post(`${path}: null`, path, 'null'),
    post(`${path}: 70 kB`, path, `"${'a'.repeat(70_000)}"`),
    post(`${path}: 30,000 levels`, path, '['.repeat(30_000)),
    post(
      `${path}: keys of the prototype`,
      path,
      '{"__proto__":{"type":"hello"},"constructor":{"prototype":{"x":1}}}',
    ),
    post(`${path}: a bomb`, path, bomb, ['Content-Encoding: gzip']),
    post(`${path}: an unknown encoding`, path, '{}', ['Content-Encoding: levitate']),
    post(`${path}: broken gzip`, path, 'abc', ['Content-Encoding: gzip']),
    post(`${path}: an unknown charset`, path, '{}', ['Content-Type: text/plain; charset=levitate']),
  ]),
  post('a hello with a wrong field', '/v1/poll', JSON.stringify(hello({ site: 7 }))),
  post('a hello of another major version', '/v1/poll?wait=0', JSON.stringify(hello({ protocol: '9.0' }))),
  post('a hello of an unknown site', '/v1/poll?wait=0', JSON.stringify(hello({ site: 'a\0b' }))),
  post('a hello with a forged token', '/v1/poll?wait=0', JSON.stringify(hello({ token: 'a.b.c' }))),
  post(
    'a cursor of 1e400',
    '/v1/poll',
    JSON.stringify(
      hello({ subscriptions: [{ conversationId: 'c_12345678', cursor: { epoch: 'e', seq: 'X' } }] }),
    ).replace('"X"', '1e400'),
  ),
  post('two hellos', '/v1/poll', JSON.stringify([hello(), hello()])),
  post('commands without a hello', '/v1/commands', '[{"type":"ping","id":"q_12345678"}]'),
  post(
    'a message of 64 levels and more',
    '/v1/commands',
    `[${JSON.stringify(hello())},{"type":"tool-output","id":"q_12345679","conversationId":"c_12345678","callId":"x","output":${deep(100)}}]`,
  ),
  post(
    'a message in another visitor’s conversation',
    '/v1/commands',
    JSON.stringify([
      hello(),
      {
        type: 'regenerate',
        id: 'q_12345679',
        conversationId: 'c_12345678',
        messageId: 'm_12345678',
        runId: 'r_12345678',
      },
    ]),
  ),
  post('a blank message', '/v1/conversations/c_12345678/messages', '{"text":"\\u200b"}'),
  post(
    'a message with a NUL in its id',
    '/v1/conversations/c_12345678/messages',
    '{"text":"a","messageId":"m_1234\\u00005678"}',
  ),
  post('a conversation id with a NUL', '/v1/conversations/c_1234%005678/messages', '{"text":"a"}'),
  get('a chat whose id leads up', '/v1/ai-sdk/chat/..%2f..%2fhealthz/stream', [
    HOST,
    CLOSE,
    'Authorization: Bearer x',
  ]),
  get('a chat id that is no UTF-8', '/v1/ai-sdk/chat/%ff/stream'),
  post('a stop without a token', '/v1/ai-sdk/chat/main/stop', ''),
  get('a list without a token', '/v1/conversations'),
  get('a list with a forged token', '/v1/conversations?limit=-1', [HOST, CLOSE, 'Authorization: Bearer x']),
  get('a file without a token', '/v1/files/x'),
  get('a file with a forged signature', '/v1/files/x?signature=x&expires=1e400'),
  post('an upload without a token', '/v1/files?name=a.txt', 'x'),
];
