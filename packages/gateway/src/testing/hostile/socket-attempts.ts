/** Hostile WebSockets: bad upgrades, and frames and messages that no client sends. */
import { deflateRawSync } from 'node:zlib';
import { frame, PROBE, type Attempt } from './raw-connection.ts';

const PATH = '/v1/ws';
const GOOD: Record<string, string | undefined> = {
  Host: 'localhost',
  Connection: 'Upgrade',
  Upgrade: 'websocket',
  'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Version': '13',
  'Sec-WebSocket-Protocol': 'rivulet.v1',
};

function upgrade(changes: Record<string, string | undefined> = {}, line = `GET ${PATH} HTTP/1.1`): string {
  const headers = Object.entries({ ...GOOD, ...changes }).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}: ${value}\r\n`],
  );
  return `${line}\r\n${headers.join('')}\r\n`;
}

const HELLO = `{"type":"hello","id":"q_12345678","protocol":"1.0","site":"demo","client":{"name":"raw","version":"0"},"capabilities":[],"subscriptions":[]}`;
type Bare = Omit<Attempt, 'answer'>;
const shake = (name: string, changes: Record<string, string | undefined>, line?: string): Bare => ({
  name,
  writes: [upgrade(changes, line), frame(HELLO), frame(PROBE)],
});
/** Before the hello. */
const first = (name: string, ...frames: Buffer[]): Bare => ({
  name: `first: ${name}`,
  writes: [upgrade(), ...frames],
});
/** In an open session, which is probed afterwards. */
const open = (name: string, ...frames: Buffer[]): Bare => ({
  name,
  writes: [upgrade(), frame(HELLO), ...frames, frame(PROBE)],
});
/** In an open session that gets nothing more. */
const last = (name: string, ...frames: Buffer[]): Bare => ({
  name,
  writes: [upgrade(), frame(HELLO), ...frames],
});
const json = (value: unknown): Buffer => frame(JSON.stringify(value));
const command = (type: string, more: object = {}): Buffer =>
  json({ type, id: 'q_12345679', conversationId: 'c_12345678', ...more });
const many = (count: number, bytes: Buffer): Buffer =>
  Buffer.concat(Array.from({ length: count }, () => bytes));
const text = (words: string) => ({ messageId: 'm_12345678', parts: [{ type: 'text', text: words }] });
const numbered = (seq: string) =>
  frame(
    `{"type":"subscribe","id":"q_12345679","conversationId":"c_12345678","cursor":{"epoch":"e","seq":${seq}}}`,
  );

const HANDSHAKES: Bare[] = [
  shake('no key', { 'Sec-WebSocket-Key': undefined }),
  shake('a short key', { 'Sec-WebSocket-Key': 'YQ==' }),
  shake('a key that is no base64', { 'Sec-WebSocket-Key': '!'.repeat(24) }),
  shake('no version', { 'Sec-WebSocket-Version': undefined }),
  shake('version 12', { 'Sec-WebSocket-Version': '12' }),
  shake('version 99999999999999999999', { 'Sec-WebSocket-Version': '99999999999999999999' }),
  shake('no subprotocol', { 'Sec-WebSocket-Protocol': undefined }),
  shake('another subprotocol', { 'Sec-WebSocket-Protocol': 'mqtt' }),
  shake('an invalid list of subprotocols', { 'Sec-WebSocket-Protocol': 'rivulet.v1, ,' }),
  shake('a subprotocol twice', { 'Sec-WebSocket-Protocol': 'rivulet.v1, rivulet.v1' }),
  shake('a subprotocol with a control', { 'Sec-WebSocket-Protocol': 'rivulet.v1,\x01' }),
  shake('another upgrade', { Upgrade: 'levitation' }),
  shake('two upgrades', { Upgrade: 'websocket, h2c' }),
  shake('POST', {}, `POST ${PATH} HTTP/1.1`),
  shake('HTTP/1.0', {}, `GET ${PATH} HTTP/1.0`),
  shake('another path', {}, 'GET /ws HTTP/1.1'),
  shake('the path with more behind it', {}, `GET ${PATH}/x HTTP/1.1`),
  shake('the path of another route', {}, 'GET /v1/poll HTTP/1.1'),
  shake('a foreign origin', { Origin: 'https://evil.example' }),
  shake('the origin null', { Origin: 'null' }),
  shake('an origin that is no URL', { Origin: 'javascript:alert(1)' }),
  shake('an origin like an allowed one', { Origin: 'http://localhost.evil.example' }),
  shake('an offer to compress', { 'Sec-WebSocket-Extensions': 'permessage-deflate' }),
  shake('an unknown extension', { 'Sec-WebSocket-Extensions': 'levitation; height=1' }),
  shake('an invalid extension', { 'Sec-WebSocket-Extensions': ';;;=' }),
  shake('a body', { 'Content-Length': '5' }),
  shake('no Connection', { Connection: 'close' }),
];

const FRAMES: Bare[] = [
  open('without a mask', frame(PROBE, { isMasked: false })),
  open(
    'with the first reserved bit: compressed',
    frame(deflateRawSync(Buffer.alloc(10_000_000)), { first: 0xc1 }),
  ),
  open('with the second reserved bit', frame('a', { first: 0xa1 })),
  open('with the third reserved bit', frame('a', { first: 0x91 })),
  ...[3, 4, 5, 6, 7, 11, 12, 13, 14, 15].map((opcode) =>
    open(`with the opcode ${opcode}`, frame('a', { first: 0x80 | opcode })),
  ),
  open('of binary data', frame(Buffer.from([1, 2, 3]), { first: 0x82 })),
  open('of no bytes', frame('')),
  open('of invalid UTF-8', frame(Buffer.from([0xff, 0xfe]))),
  open('of half a character', frame(Buffer.from([0xf0, 0x9f]))),
  open('of a surrogate', frame(Buffer.from([0xed, 0xa0, 0x80]))),
  open('of an overlong NUL', frame(Buffer.from([0xc0, 0x80]))),
  open('of 64 KiB and one byte', frame('a'.repeat(65_537))),
  open('of 300 KiB', frame('a'.repeat(300 * 1024))),
  last('that claims 4 GiB', frame('a', { length: 2 ** 32 })),
  last('that claims 2^62 bytes', frame('a', { length: 2 ** 62 })),
  last('that claims 2^63 bytes', Buffer.concat([Buffer.from([0x81, 0xff, 0x80]), Buffer.alloc(7)])),
  last('that does not end', frame('a', { length: 1_000 })),
  last('of which only half a header comes', Buffer.from([0x81])),
  open('that continues nothing', frame('a', { first: 0x80 })),
  open('that begins another message within one', frame('a', { first: 0x01 }), frame('b')),
  open(
    'in fragments, with a ping between them',
    frame(PROBE.slice(0, 9), { first: 0x01 }),
    frame('', { first: 0x89 }),
    frame(PROBE.slice(9), { first: 0x80 }),
  ),
  last('in fragments that do not end', frame('a', { first: 0x01 }), frame('b', { first: 0x00 })),
  last(
    'in fragments that do not end, with pongs between them',
    frame('a', { first: 0x01 }),
    many(5, frame('', { first: 0x8a })),
  ),
  last('in 10,000 empty fragments', frame('a', { first: 0x01 }), many(10_000, frame('', { first: 0x00 }))),
  last(
    'in fragments of 300 KiB',
    frame('a'.repeat(100_000), { first: 0x01 }),
    many(2, frame('a'.repeat(100_000), { first: 0x00 })),
  ),
  open('a ping in fragments', frame('', { first: 0x09 })),
  open('a ping of 126 bytes', frame('a'.repeat(126), { first: 0x89 })),
  open('a pong that nobody asked for', frame('x', { first: 0x8a })),
  open('1,000 pings', many(1_000, frame('x', { first: 0x89 }))),
  open('a close of one byte', frame('a', { first: 0x88 })),
  open('a close with the code 1005', frame(Buffer.from([0x03, 0xed]), { first: 0x88 })),
  open('a close with the code 0', frame(Buffer.from([0, 0]), { first: 0x88 })),
  open('a close with the code 65535', frame(Buffer.from([0xff, 0xff]), { first: 0x88 })),
  open('a close with a reason that is no UTF-8', frame(Buffer.from([0x03, 0xe8, 0xff]), { first: 0x88 })),
  open('a good close', frame(Buffer.from([0x03, 0xe8]), { first: 0x88 })),
  open('an HTTP request', Buffer.from('GET / HTTP/1.1\r\n\r\n')),
];

const MESSAGES: Bare[] = [
  first('nothing'),
  first('a ping', frame(PROBE)),
  first('not JSON', frame('{')),
  first('an unknown type', json({ type: 'levitate', id: 'q_12345678' })),
  first('a hello without fields', json({ type: 'hello', id: 'q_12345678' })),
  first('a hello in an array in an array', frame(`[[${HELLO}]]`)),
  first('a hello of another major version', frame(HELLO.replace('1.0', '2.0'))),
  first('a hello of an unknown site', frame(HELLO.replace('demo', 'nowhere'))),
  first('a hello of the site __proto__', frame(HELLO.replace('demo', '__proto__'))),
  first('a hello with a forged token', frame(HELLO.replace('"site"', '"token":"a.b.c","site"'))),
  first(
    '101 subscriptions',
    frame(
      HELLO.replace(
        '"subscriptions":[]',
        `"subscriptions":[${Array.from({ length: 101 }, () => '{"conversationId":"c_12345678"}').join(',')}]`,
      ),
    ),
  ),
  open('a second hello', frame(HELLO)),
  open('not JSON', frame('{"type":"ping"')),
  open('a JSON text', frame('"ping"')),
  open('null', frame('null')),
  open('an array of numbers', frame('[1,2,3]')),
  open('an empty array', frame('[]')),
  open('an empty object', frame('{}')),
  open('30,000 open brackets', frame('['.repeat(30_000))),
  open(
    'a value of 100 levels',
    frame(
      `{"type":"tool-output","id":"q_12345679","conversationId":"c_12345678","callId":"x","output":${'['.repeat(100)}${']'.repeat(100)}}`,
    ),
  ),
  open('keys of the prototype', frame('{"__proto__":{"type":"ping"},"id":"q_12345679"}')),
  open('the type of the prototype', frame('{"type":"__proto__","id":"q_12345679"}')),
  open('the type constructor', frame('{"type":"constructor","id":"q_12345679"}')),
  open('an unknown type', json({ type: 'levitate', id: 'q_12345679' })),
  open('an unknown type without an id', json({ type: 'levitate' })),
  open('an event instead of a command', json({ type: 'accepted', commandId: 'q_12345679' })),
  open('a type that is a number', json({ type: 7, id: 'q_12345679' })),
  open('an id that is no string', json({ type: 'ping', id: {} })),
  open('an id with a NUL', json({ type: 'ping', id: 'q_1234\x005678' })),
  open('an id of 60,000 characters', json({ type: 'ping', id: `q_${'a'.repeat(60_000)}` })),
  open('a conversation id of another kind', command('unsubscribe', { conversationId: 'm_12345678' })),
  open('a subscription to a foreign conversation', command('subscribe')),
  ...['-1', '0.5', '1e400', '9007199254740993', '"1"', 'null'].map((seq) =>
    open(`a cursor of ${seq}`, numbered(seq)),
  ),
  open(
    'a cursor with an epoch of 60,000 characters',
    command('subscribe', { cursor: { epoch: 'e'.repeat(60_000), seq: 1 } }),
  ),
  open('a message without parts', command('send-message', { messageId: 'm_12345678', parts: [] })),
  open('a blank message', command('send-message', text(' \u200b\n'))),
  open('a message of NUL', command('send-message', text('\0'))),
  open('a message of 20,000 characters', command('send-message', text('a'.repeat(20_000)))),
  open(
    '33 parts',
    command('send-message', {
      messageId: 'm_12345678',
      parts: Array.from({ length: 33 }, () => ({ type: 'text', text: 'a' })),
    }),
  ),
  open(
    'a part of an unknown type',
    command('send-message', { messageId: 'm_12345678', parts: [{ type: 'levitation' }] }),
  ),
  open(
    'a part that only a gateway writes',
    command('send-message', {
      messageId: 'm_12345678',
      parts: [{ type: 'tool', callId: 'x', name: 'x', state: 'approved', inputText: '' }],
    }),
  ),
  open(
    'a file that does not exist',
    command('send-message', {
      messageId: 'm_12345678',
      parts: [{ type: 'file', fileId: '../../etc/passwd', name: 'a', mediaType: 'a/b', sizeBytes: 1 }],
    }),
  ),
  open(
    'an edit of a foreign message',
    command('edit-message', {
      messageId: 'm_12345679',
      replacesId: 'm_12345678',
      parts: [{ type: 'text', text: 'a' }],
    }),
  ),
  open(
    'a reply to a foreign question',
    command('regenerate', { messageId: 'm_12345678', runId: 'r_12345678' }),
  ),
  open('a stop of a foreign run', command('abort-run', { runId: 'r_12345678' })),
  open('an approval of a foreign call', command('tool-approval', { callId: 'x', decision: 'approve' })),
  open('a decision that does not exist', command('tool-approval', { callId: 'x', decision: 'maybe' })),
  open('an output for a foreign call', command('tool-output', { callId: 'x', output: {} })),
  open('feedback on a foreign answer', command('feedback', { messageId: 'm_12345678', value: 'up' })),
  open('feedback of an unknown value', command('feedback', { messageId: 'm_12345678', value: 'sideways' })),
  open('a forged fresh token', json({ type: 'refresh-auth', id: 'q_12345679', token: 'a.b.c' })),
  open(
    'a token of 10,000 characters',
    json({ type: 'refresh-auth', id: 'q_12345679', token: 'a'.repeat(10_000) }),
  ),
  open('17 commands with a wrong field', many(17, command('read'))),
  last(
    '1,000 commands in one frame',
    json(Array.from({ length: 1_000 }, () => ({ type: 'ping', id: 'q_12345679' }))),
  ),
];

/** Upgrades, frames and messages that no client sends, without their answers. */
export const SOCKET_ATTEMPTS: Bare[] = [
  ...HANDSHAKES.map(({ name, writes }) => ({ name: `upgrade: ${name}`, writes })),
  ...FRAMES.map(({ name, writes }) => ({ name: `frame: ${name}`, writes })),
  ...MESSAGES.map(({ name, writes }) => ({ name: `message: ${name}`, writes })),
];
