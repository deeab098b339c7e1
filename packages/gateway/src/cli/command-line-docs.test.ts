import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { COMMAND_FLAGS, COMMANDS } from './command-flags.ts';
import { exitCodeOf, FAILED, WRONG_USAGE } from './exit-codes.ts';
import { HELP } from './help.ts';
import { StartError } from './start-error.ts';
import { wrongUsage } from './arguments.ts';

const docs = readFileSync(new URL('../../../../docs/command-line.md', import.meta.url), 'utf8');

it('docs/command-line.md has a part for every command, and no other', () => {
  const documented = [...docs.matchAll(/^## (.*)$/gm)].flatMap(([, title = '']) =>
    [...title.matchAll(/`rivulet ([a-z]+)/g)].map(([, name]) => name),
  );
  expect(documented.toSorted()).toEqual([...COMMANDS].toSorted());
});

it.each(COMMANDS.map((command) => [command]))('the flags of %s are in its part, and in --help', (command) => {
  const part = docs.split(/^## /m).find((one) => one.split('\n')[0]?.includes(`\`rivulet ${command}`)) ?? '';
  for (const [flag, { of }] of Object.entries(COMMAND_FLAGS)) {
    if (flag === 'json' || !(of as readonly string[]).includes(command)) continue;
    expect(part).toContain(`\`--${flag}`);
    expect(HELP).toContain(`--${flag}`);
  }
  expect(HELP).toContain(command === 'start' ? 'rivulet [start]' : `rivulet ${command}`);
});

/** The part of --help about a command: its line, and those that go on with it. */
function helpOf(command: string): string {
  const begin = command === 'start' ? /^ {2}rivulet \[start\]/ : new RegExp(`^ {2}rivulet ${command}\\b`);
  const lines = HELP.split('\n');
  const first = lines.findIndex((line) => begin.test(line));
  const rest = lines.slice(first + 1);
  const end = rest.findIndex((line) => !line.startsWith('    '));
  return [lines[first] ?? '', ...rest.slice(0, end)].join('\n');
}

it.each(COMMANDS.map((command) => [command]))(
  'the lines of --help about %s name its own flags, and docs/command-line.md has each of them',
  (command) => {
    const part =
      docs.split(/^## /m).find((one) => one.split('\n')[0]?.includes(`\`rivulet ${command}`)) ?? '';
    const named = [...helpOf(command).matchAll(/--([a-z-]+)/g)].map(([, flag = '']) => flag);
    const own = Object.entries(COMMAND_FLAGS).flatMap(([flag, { of }]) =>
      flag !== 'json' && (of as readonly string[]).includes(command) ? [flag] : [],
    );
    expect(named).toEqual(expect.arrayContaining(own));
    const ofOthers = Object.keys(COMMAND_FLAGS).filter((flag) => !own.includes(flag) && flag !== 'json');
    expect(named.filter((flag) => ofOthers.includes(flag))).toEqual([]);
    for (const flag of own) expect(part).toContain(`--${flag}`);
  },
);

it('every command but start takes --json, as --help and docs/command-line.md say', () => {
  expect(COMMAND_FLAGS.json.of).toEqual(COMMANDS.filter((command) => command !== 'start'));
  expect(HELP).toContain('for every command but start');
  expect(docs).toContain('Every command but `start` takes `--json`');
});

it('the exit codes of --help are those of docs/command-line.md and of the program', () => {
  const [, inHelp = ''] = /Exit codes: (.*)/.exec(HELP) ?? [];
  expect([...inHelp.matchAll(/(?:^|; )(\d)/g)].map(([, code]) => Number(code))).toEqual([0, 1, 2]);
  const table = docs.split('## Which exit codes are there?')[1]?.split('\n## ')[0] ?? '';
  expect([...table.matchAll(/^\| (\d)/gm)].map(([, code]) => Number(code))).toEqual([0, 1, 2]);
  expect([exitCodeOf(new StartError('x')), exitCodeOf(wrongUsage('x'))]).toEqual([FAILED, WRONG_USAGE]);
  expect([FAILED, WRONG_USAGE]).toEqual([1, 2]);
});
