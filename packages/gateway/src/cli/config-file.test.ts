import { describe, expect, it } from 'vitest';
import { parseConfigFile, readConfigFile } from './config-file.ts';
import { readConfig } from './read-config.ts';

const parse = (text: string) => parseConfigFile('rivulet.json', text);
const problemsOf = (text: string) => {
  try {
    readConfig({ file: parse(text), environment: {}, flags: {} });
  } catch (error) {
    return String(error);
  }
  return '';
};

describe('the configuration file', () => {
  it('may have comments, trailing commas and a byte order mark', () => {
    expect(parse('\uFEFF{ // why\n "port": 1, /* and */ "sites": [1,],\n}').value).toEqual({
      port: 1,
      sites: [1],
    });
  });

  it.each([
    [
      '{\n  "port" 1\n}',
      'rivulet.json:2:10: is not JSON: unexpected text here\n      "····" ·\n             ^',
    ],
    [
      '{\n  "port": 1',
      'rivulet.json:2:12: is not JSON: it ends too early\n      "port": ·\n               ^',
    ],
    ['', 'rivulet.json:1:1: is not JSON: it ends too early'],
  ])('that is broken is refused with its line: %j', (text, problem) => {
    expect(problemsOf(text)).toContain(problem);
  });

  it('that is broken is shown without its values, which may be keys', () => {
    for (const text of [
      '{"apiKey": "sk-1234" "sk-1234"}',
      '{"apiKey": sk-1234}',
      '["sk-1234" sk-1234',
      "'sk-1234'",
    ])
      expect(problemsOf(text)).not.toContain('1234');
  });

  it('that has a key twice is refused with both lines', () => {
    const text = '{\n "sites": [{ "id": "a",\n "id": "b" }],\n "port": 1,\n "port": 2\n}';
    expect(problemsOf(text)).toContain('rivulet.json:3:2: "id" is given twice; the first is in line 2');
    expect(problemsOf(text)).toContain('rivulet.json:5:2: "port" is given twice; the first is in line 4');
  });

  it('has the line of each bad value, and what was meant by an unknown one', () => {
    const text = '{\n "sites": [\n  { "id": "a",\n   "origin": ["*"] }],\n "prt": 1\n}';
    expect(problemsOf(text)).toContain(
      'rivulet.json:4: sites.0.origin: there is no such setting; did you mean origins?',
    );
    expect(problemsOf(text)).toContain('rivulet.json:5: prt: there is no such setting; did you mean port?');
  });

  it('is refused with all settings that do not exist, also when one object has several', () => {
    const text = '{\n "a": 1,\n "b": 2,\n "sites": [{ "id": "a",\n "c": 3,\n "d": 4 }] }';
    const all = ['2: a', '3: b', '5: sites.0.c', '6: sites.0.d'];
    for (const place of all)
      expect(problemsOf(text)).toContain(`rivulet.json:${place}: there is no such setting`);
  });

  it('that does not exist is refused with its path', () => {
    expect(() => readConfigFile('/nowhere/rivulet.json')).toThrow(
      '/nowhere/rivulet.json: cannot be read: there is no such file (ENOENT)',
    );
  });

  it('cannot change the prototype of anything', () => {
    expect(problemsOf('{"__proto__": {"port": 1}}')).toContain('__proto__: there is no such setting');
  });
});

describe('a variable of the environment', () => {
  const read = (name: string) => readConfig({ environment: { [name]: 'x'.repeat(40) }, flags: {} });
  it('that looks like a mistyped name is refused with the name that was meant', () => {
    expect(() => read('RIVULET_SECERT')).toThrow(
      'RIVULET_SECERT: there is no such variable; did you mean RIVULET_SECRET?',
    );
  });

  it.each(['RIVULET_SERVICE_HOST', 'RIVULET_PORT_8787_TCP_ADDR', 'RIVULET_PORT', 'RIVULET_X'])(
    'that an orchestrator sets is ignored: %s',
    (name) => {
      expect(read(name).port).toBe(8787);
    },
  );
});
