/** The rules by which entries of `tool_calls` become calls, as a table of what upstreams really send. */
import { describe, expect, it } from 'vitest';
import { createToolReader } from './openai-tool-calls.ts';
import type { ProviderEvent } from './provider.ts';

const TOOLS = new Set(['weather', 'time', 'get_weather', 'get']);

/**
 * An entry as an upstream writes it, from `index|id|name|arguments`: `-` is an absent field, `null` is null, an index in quotes is
 * text, and arguments after `=` are a JSON value and not text.
 */
function entryOf(notation: string) {
  const [index = '-', id = '-', name = '-', ...rest] = notation.split('|');
  const args = rest.join('|');
  const field = (key: string, text: string, read = (value: string): unknown => value) =>
    text === '-' ? {} : { [key]: text === 'null' ? null : read(text) };
  return {
    ...field('index', index, (text) => (text.startsWith("'") ? text.slice(1, -1) : Number(text))),
    ...field('id', id),
    function: {
      ...field('name', name),
      ...field('arguments', args, (text) => (text.startsWith('=') ? JSON.parse(text.slice(1)) : text)),
    },
  };
}

const list = (notation: string) => ({ tool_calls: notation.split(' & ').map(entryOf) });
/** The name and the input of each call that deltas are read as. Each delta is a list of entries, separated by `&`. */
const callsOf = (deltas: readonly string[]) => assemble(deltas.map(list));

function assemble(deltas: readonly Record<string, unknown>[], message?: Record<string, unknown>): string[] {
  const reader = createToolReader(TOOLS);
  const events: ProviderEvent[] = [];
  for (const delta of deltas) reader.read(delta, events);
  if (message !== undefined) reader.read(message, events, 'message');
  reader.end(events);
  const calls = new Map<string, string>();
  for (const event of events) {
    if (event.type === 'tool-call-started') calls.set(event.callId, `${event.name} `);
    if (event.type === 'tool-call-delta')
      calls.set(event.callId, `${calls.get(event.callId) ?? 'not started'}${event.text}`);
  }
  expect(reader.hasCalls()).toBe(calls.size > 0);
  return [...calls.values()];
}

const [one, two] = ['{"n":1}', '{"n":2}'];

describe('calls are assembled', () => {
  it.each<[string, string[], string[]]>([
    ['by the index', ['0|a|time|', '0|-|-|{"n"', '0|-|-|:1}'], [`time ${one}`]],
    [
      'by the index, interleaved',
      ['0|a|time|{"n"', '1|b|time|{"n"', '0|-|-|:1}', '1|-|-|:2}'],
      [`time ${one}`, `time ${two}`],
    ],
    [
      'by an index that is text',
      [`'0'|a|time|{"n":1}`, `'1'|b|time|{"n"`, `'1'|-|-|:2}`],
      [`time ${one}`, `time ${two}`],
    ],
    [
      'by the id where each index is 0',
      ['0|a|time|{"n"', '0|b|time|{"n" & 0|a|-|:1}', '0|b|-|:2}'],
      [`time ${one}`, `time ${two}`],
    ],
    [
      'by the id where no index is sent',
      ['-|a|time|{"n":', '-|a|-|1}', '-|b|time|{"n":2}'],
      [`time ${one}`, `time ${two}`],
    ],
    [
      'from the last call where neither is sent',
      ['-|-|time|{"n":', '-|-|-|1}', '-|-|time|{"n"', '-|-|-|:2}'],
      [`time ${one}`, `time ${two}`],
    ],
    [
      'by the place in a list of several',
      ['-|-|time|{"n" & -|-|time|{"n"', '-|-|-|:1} & -|-|-|:2}'],
      [`time ${one}`, `time ${two}`],
    ],
    [
      'by the index where ids are the same',
      ['0|x|time|{"n":1}', '1|x|time|{"n":2}'],
      [`time ${one}`, `time ${two}`],
    ],
  ])('%s', (_case, deltas, calls) => {
    expect(callsOf(deltas)).toEqual(calls);
  });
});

describe('parallel calls', () => {
  it.each<[string, string[], string[]]>([
    ['with index 0 and an empty id', ['0||time|{"n":1}', '0||time|{"n":2}'], [`time ${one}`, `time ${two}`]],
    [
      'with index 0 and no id, in one list',
      ['0|-|time|{"n":1} & 0|-|time|{"n":2}'],
      [`time ${one}`, `time ${two}`],
    ],
    [
      'with index 0 and a null id',
      ['0|null|time|{"n":1}', '0|null|weather|{"n":2}'],
      [`time ${one}`, `weather ${two}`],
    ],
    ['with the same arguments', ['0|-|time|{"n":1}', '0|-|time|{"n":1}'], [`time ${one}`, `time ${one}`]],
    [
      'with the same arguments, in one list',
      ['0||time|{"n":1} & 0||time|{"n":1}'],
      [`time ${one}`, `time ${one}`],
    ],
    ['with one id for both', ['0|x|time|{"n":1}', '0|x|time|{"n":2}'], [`time ${one}`, `time ${two}`]],
    [
      'of tools without parameters',
      ['0|a|time|', '0|b|time|', '0|-|weather|-'],
      ['time ', 'time ', 'weather '],
    ],
    [
      'in pieces with index 0 and no id',
      ['0|-|time|', '0|-|-|{"n":1}', '0|-|time|', '0|-|-|{"n"', '0|-|-|:2}'],
      [`time ${one}`, `time ${two}`],
    ],
    [
      'whose arguments are objects, index 0, no id',
      ['0|-|time|={"n":1} & 0|-|time|={"n":2}'],
      [`time ${one}`, `time ${two}`],
    ],
    ['with neither index nor id nor arguments', ['-|-|time|- & -|-|weather|-'], ['time ', 'weather ']],
  ])('%s are as many calls (G08)', (_case, deltas, calls) => {
    expect(callsOf(deltas)).toEqual(calls);
  });
});

describe('the deltas of one call', () => {
  it.each<[string, string[], string]>([
    [
      'have other ids, the name only in the first',
      ['0|v1|time|', '0|v2|-|{"n":', '0|v3|-|1}'],
      `time ${one}`,
    ],
    ['have other ids, and the last is empty', ['0|v1|time|{"n":', '0|v2|-|1}', '0|v3|-|'], `time ${one}`],
    [
      'have other ids and repeat the name',
      ['0|v1|time|', '0|v2|time|{"n":', '0|v3|time|{"m":2}', '0|v4|time|}'],
      'time {"n":{"m":2}}',
    ],
    ['have other ids and no index', ['-|v1|time|{"n":', '-|v2|-|1}'], `time ${one}`],
    [
      'have other ids and repeat the name, cut before a brace within a string',
      ['0|v1|time|{"n":"', '0|v2|time|{x}"}'],
      'time {"n":"{x}"}',
    ],
  ])('%s (G09)', (_case, deltas, call) => {
    expect(callsOf(deltas)).toEqual([call]);
  });

  it.each<[string, string[], string]>([
    ['have an object as arguments', ['0|a|time|={"n":1}'], `time ${one}`],
    [
      'have an empty object first, then the pieces',
      ['0|a|time|={}', '0|-|-|{"n"', '0|-|-|:1}'],
      `time {}${one}`,
    ],
    ['have an empty object and nothing more', ['0|a|time|={}'], 'time {}'],
    ['have a list as arguments', ['0|a|time|=[1]'], 'time [1]'],
  ])('%s (G10)', (_case, deltas, call) => {
    expect(callsOf(deltas)).toEqual([call]);
  });

  it.each<[string, string[], string]>([
    ['repeat the name', ['0|a|time|', '0|a|time|{"n":', '0|a|time|1}', '0|a|time|'], `time ${one}`],
    ['have the name in pieces', ['0|a|get_|', '0|-|weather|', '0|-|-|{"n":1}'], `get_weather ${one}`],
    ['have the name so far', ['0|a|get|', '0|-|get_weather|{"n":1}'], `get_weather ${one}`],
    ['have a name that begins another', ['0|a|get|', '0|-|-|{"n":1}'], `get ${one}`],
    ['have the name after the arguments', ['0|a|-|{"n"', '0|-|time|:1}'], `time ${one}`],
    [
      'have all arguments so far',
      ['0|a|time|{', '0|-|-|{"n"', '0|-|-|{"n":1}', '0|-|-|{"n":1}'],
      `time ${one}`,
    ],
    [
      'repeat the whole arguments at the end',
      ['0|a|time|', '0|-|-|{"n":', '0|-|-|1}', '0|-|-|{"n": 1}'],
      `time ${one}`,
    ],
    [
      'repeat id, name and whole arguments at the end',
      ['0|a|time|{"n":1}', '0|a|time|{"n":1}'],
      `time ${one}`,
    ],
    [
      'repeat name and whole arguments at the end, without an id',
      ['0|-|time|{"n":', '0|-|-|1}', '0|-|time|{"n":1}'],
      `time ${one}`,
    ],
    ['have null and absent fields', ['0|a|time|null', '0|null|null|{"n":1}', '0|-|-|-'], `time ${one}`],
    ['have no name at all', ['0|a||{"n":1}'], `unnamed ${one}`],
    ['end in the middle', ['0|a|time|{"n":'], 'time {"n":'],
    ['contain braces within strings', ['0|a|time|{"n":"}', '0|a|time|\\"{"}'], 'time {"n":"}\\"{"}'],
  ])('%s', (_case, deltas, call) => {
    expect(callsOf(deltas)).toEqual([call]);
  });
});

describe('a call', () => {
  const single = (fields: object) => ({ function_call: fields });
  const [first, second] = [`-|-|time|${one}`, `-|-|time|${two}`];

  it('is read from `function_call`, in pieces', () => {
    const pieces = [{ name: 'time', arguments: '' }, { arguments: '{"n":' }, { arguments: '1}' }];
    expect(assemble(pieces.map(single))).toEqual([`time ${one}`]);
    expect(assemble([{ function_call: null }])).toEqual([]);
  });

  it('is read once when an upstream sends it in both forms', () => {
    const old = single({ name: 'time', arguments: one });
    expect(assemble([{ ...list(first), ...old }])).toEqual([`time ${one}`]);
    expect(assemble([list(first), old])).toEqual([`time ${one}`]);
  });

  it('is read from a whole message, once also when its deltas came before', () => {
    const message = list(`${first} & ${second}`);
    expect(assemble([], message)).toEqual([`time ${one}`, `time ${two}`]);
    const deltas = [list(`0|-|time|${one}`), list(`1|-|time|${two}`)];
    expect(assemble(deltas, message)).toEqual([`time ${one}`, `time ${two}`]);
  });

  it('is read where it is not in a list, and where its fields are not in `function`', () => {
    expect(assemble([{ tool_calls: { name: 'time', arguments: one } }])).toEqual([`time ${one}`]);
  });

  it('is not made of an entry without name and arguments', () => {
    expect(assemble([list('0|a|-|-'), { tool_calls: [null, 7, 'x'] }])).toEqual([]);
  });
});
