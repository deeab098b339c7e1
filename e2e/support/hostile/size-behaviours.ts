/** More than an answer can be: bombs, floods and what never ends. */
import { brotliCompressSync, gzipSync } from 'node:zlib';
import type { Behaviour } from './raw-upstream.ts';
import {
  choice,
  DONE,
  drip,
  fails,
  flood,
  head,
  HELLO,
  JSON_HEAD,
  row,
  send,
  SSE,
  STOP,
  text,
} from './responses.ts';

const MIB = 2 ** 20;
const CUT = { reason: 'length' as const };
const bomb = (encoding: string, status = '200 OK') =>
  head(status, { 'content-type': 'text/event-stream', 'content-encoding': encoding });
const zeros = Buffer.alloc(96 * MIB);
const args = (pieces: string, name?: string) =>
  choice({
    tool_calls: [{ index: 0, function: { ...(name === undefined ? {} : { name }), arguments: pieces } }],
  });

/** What would fill the memory, or the time. */
export const SIZE_BEHAVIOURS: readonly Behaviour[] = [
  row('46 MB of text', CUT, flood(SSE, text('x'.repeat(10_000)), 46 * MIB)),
  row(
    '46 MB of text in one event',
    fails(),
    flood(`${SSE}${HELLO}data: {"choices":[{"delta":{"content":"`, 'x'.repeat(64 * 1024), 46 * MIB),
  ),
  row('a line that never ends', fails(), flood(`${SSE}data: `, 'x'.repeat(64 * 1024), 64 * MIB)),
  row(
    'a line of wide characters that never ends',
    fails(),
    flood(`${SSE}data: `, Buffer.from('\u4f60'.repeat(20_000)), 64 * MIB),
  ),
  row('a comment that never ends', fails(), flood(`${SSE}:`, 'x'.repeat(64 * 1024), 64 * MIB)),
  row('an event of many lines', fails(), flood(`${SSE}data: {\n`, 'data: "x":1,\n'.repeat(1_000), 64 * MIB)),
  row(
    'a JSON document that never ends',
    fails(),
    flood(`${JSON_HEAD}{"choices":[{"message":{"content":"`, 'x'.repeat(64 * 1024), 64 * MIB),
  ),
  row('a JSON list that never ends', fails(), flood(`${JSON_HEAD}[`, '[],'.repeat(20_000), 64 * MIB)),
  row('white space that never ends', fails(), flood(SSE, ' \n'.repeat(32 * 1024), 64 * MIB)),
  row('a million comments', fails(), flood(SSE, ': keep alive\n\n'.repeat(5_000), 64 * MIB)),
  row('a million empty deltas', fails(), flood(SSE, choice({}).repeat(1_000), 64 * MIB)),
  row('a million deltas of one character', CUT, flood(SSE, text('x').repeat(1_000), 100 * MIB)),
  row(
    'reasoning that never ends',
    CUT,
    flood(SSE, choice({ reasoning_content: 'Hm. '.repeat(1_000) }), 46 * MIB),
  ),
  row(
    'thoughts that never end',
    CUT,
    flood(`${SSE}${text('<think>')}`, text('Hm. '.repeat(1_000)), 46 * MIB),
  ),
  row(
    'text and reasoning in turn',
    CUT,
    flood(SSE, (text('a') + choice({ reasoning_content: 'b' })).repeat(500), 46 * MIB),
  ),
  row(
    'arguments that never end',
    CUT,
    flood(`${SSE}${args('{"a":"', 'shell')}`, args('x'.repeat(10_000)), 46 * MIB),
  ),
  row(
    'arguments of a call without a name that never end',
    fails(),
    flood(SSE, args('x'.repeat(10_000)), 46 * MIB),
  ),
  row(
    'a million tiny calls',
    fails(),
    flood(
      SSE,
      Array.from({ length: 500 }, (_, index) =>
        choice({ tool_calls: [{ index, id: `c${index}`, function: { name: 'a', arguments: '{}' } }] }),
      ).join(''),
      46 * MIB,
    ),
  ),
  row('a bomb of gzip', fails(), send(bomb('gzip'), gzipSync(zeros))),
  row('a bomb of brotli', fails(), send(bomb('br'), brotliCompressSync(zeros))),
  row(
    'a bomb of gzip for an error',
    fails(['upstream-failed', 'upstream-overloaded']),
    send(bomb('gzip', '500 No'), gzipSync(zeros)),
  ),
  row('an error body of 20 MB', fails(), flood(head('400 No'), 'x'.repeat(64 * 1024), 20 * MIB)),
  row(
    'an error event of 6 MB',
    fails(),
    send(SSE, `data: {"error":{"message":"${'x'.repeat(6 * MIB)}"}}\n\n`),
  ),
  row('a web page of 20 MB', fails(), flood(`${head()}<html>`, 'x'.repeat(64 * 1024), 20 * MIB)),
  row(
    'metadata of 4 MB',
    { reason: 'stop', text: 'Hello.' },
    send(SSE, choice({ thought_signature: 'x'.repeat(4 * MIB) }), HELLO, STOP, DONE),
  ),
  row(
    'bytes after [DONE] that never end',
    { reason: 'stop', text: 'Hello.' },
    flood(`${SSE}${HELLO}${STOP}${DONE}`, 'x'.repeat(64 * 1024), 512 * MIB),
  ),
  row('text that drips for ever', fails('upstream-timeout'), drip(SSE, text('x'), 50)),
  row('comments that drip for ever', fails('upstream-timeout'), drip(SSE, ': hi\n\n', 50)),
];
