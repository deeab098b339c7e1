import { describe, expect, it } from 'vitest';
import { readArguments } from './arguments.ts';
import { closestOf } from './suggest.ts';

describe('the name that was meant', () => {
  const existing = ['port', 'host', 'systemPrompt', 'whenBusy'];
  it.each([
    ['prot', undefined], // two mistakes in four characters
    ['ports', 'port'],
    ['Host', 'host'],
    ['systemprompts', 'systemPrompt'],
    ['whenbsuy', 'whenBusy'],
    ['colour', undefined],
    ['', undefined],
  ])('by %j is %j', (name, meant) => {
    expect(closestOf(name, existing)).toBe(meant);
  });
});

describe('the command line', () => {
  it('starts the gateway unless it names another command', () => {
    expect(readArguments(['--port', '1'])).toMatchObject({ command: 'start', flags: { port: '1' } });
    expect(readArguments(['check', '--config', 'a.json'])).toMatchObject({
      command: 'check',
      configFile: 'a.json',
    });
    expect(readArguments(['-h']).asks).toBe('help');
  });

  it.each([
    [['--confg', 'a.json'], 'there is no flag --confg; did you mean --config?'],
    [['--colour'], 'there is no flag --colour; see --help'],
    [['chekc'], 'there is no command chekc; there are start, check, doctor, init, snippet, export'],
    [['checks'], 'there is no command checks; did you mean check?'],
    [['check', 'twice'], 'expected one command'],
    [['backup'], 'expected the path of the backup after backup, such as backup rivulet.tar.gz'],
    [['restore', 'a', 'b'], 'expected one path after restore'],
    [['migrate', 'a'], 'expected one command'],
    [['--dry-run'], '--dry-run is a flag of migrate, import and erase, and not of start'],
    [['start', '--json'], '--json is a flag of check, doctor, init,'],
    [['migrate', '--into', 'a'], '--into is a flag of import, and not of migrate'],
  ])('%j is refused: %s', (args, problem) => {
    expect(() => readArguments(args)).toThrow(problem);
  });
});
