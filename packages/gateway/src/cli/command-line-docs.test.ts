import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { COMMAND_FLAGS, COMMANDS } from './command-flags.ts';
import { HELP } from './help.ts';

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
