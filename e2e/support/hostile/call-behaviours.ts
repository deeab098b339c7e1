/** Tool calls of an upstream that was offered no tool. Each costs two requests: the call, and one correction. */
import { CANARY_KEY, type Behaviour, type Expected } from './raw-upstream.ts';
import { choice, DONE, fails, HELLO, row, send, SSE } from './responses.ts';

const CALLED: Expected = fails('upstream-failed', { maxCalls: 2 });
const ends = choice({}, 'tool_calls') + DONE;
const call = (entry: unknown) => choice({ tool_calls: [entry] });
const named = (fields: object) => ({
  index: 0,
  id: 'call_1',
  function: { name: 'root_shell', arguments: '{}', ...fields },
});
const deep = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;
const calls = (name: string, ...entries: unknown[]): Behaviour =>
  row(name, CALLED, send(SSE, ...entries.map(call), ends));

/** Tool calls that nobody asked for. */
export const CALL_BEHAVIOURS: readonly Behaviour[] = [
  calls('a call of a tool that nobody offered', named({})),
  row('such a call after text', CALLED, send(SSE, HELLO, call(named({})), ends)),
  row('such a call that ends with stop', CALLED, send(SSE, call(named({})), choice({}, 'stop'), DONE)),
  row(
    'such a call in the older form',
    CALLED,
    send(
      SSE,
      choice({ function_call: { name: 'shell', arguments: '{}' } }),
      choice({}, 'function_call'),
      DONE,
    ),
  ),
  row(
    'a call that is cut by a length',
    { reason: 'length', maxCalls: 1 },
    send(SSE, call(named({ arguments: '{"a":' })), choice({}, 'length'), DONE),
  ),
  row(
    'a call that is cut by the end',
    fails('upstream-truncated'),
    send(SSE, call(named({ arguments: '{"a":' }))),
  ),
  calls('a name of a megabyte', named({ name: 'x'.repeat(2 ** 20) })),
  calls('a name with escape sequences', named({ name: 'a\u001b[31m\u0000b' })),
  calls('the key as a name', named({ name: CANARY_KEY })),
  calls('the key in a call', named({ arguments: JSON.stringify({ key: CANARY_KEY }) })),
  calls('the key in two pieces of a call', named({ arguments: `{"k":"${CANARY_KEY.slice(0, 9)}` }), {
    index: 0,
    function: { arguments: `${CANARY_KEY.slice(9)}"}` },
  }),
  calls('an id of a megabyte', { ...named({}), id: 'x'.repeat(2 ** 20) }),
  calls('an id that is an object', { ...named({}), id: {} }),
  calls('an index of -1', { ...named({}), index: -1 }),
  calls('an index of 1e300', { ...named({}), index: 1e300 }),
  calls('arguments of 5,000 levels', named({ arguments: deep(5_000) })),
  calls('an object of 1,000 levels for arguments', named({ arguments: JSON.parse(deep(1_000)) as unknown })),
  calls('arguments that are a number', named({ arguments: 5 })),
  calls('names of the prototype as arguments', named({ arguments: '{"__proto__":{"a":1},"constructor":1}' })),
  calls(
    'thirty-three calls',
    ...Array.from({ length: 33 }, (_, index) => ({ ...named({}), index, id: `c${index}` })),
  ),
  row(
    'a thousand calls',
    fails('upstream-failed', { maxCalls: 3 }),
    send(
      SSE,
      ...Array.from({ length: 1_000 }, (_, index) => call({ ...named({}), index, id: `c${index}` })),
      ends,
    ),
  ),
];
