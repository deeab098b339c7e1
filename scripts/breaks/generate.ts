/** Generates PROTOCOL.md §17 from the list of invariants: their tests, and the breaks that each test catches. */
import { readFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import { shortName, type Invariant, type TestName } from './break.ts';
import { INVARIANTS } from './invariants.ts';

const PROTOCOL = new URL('../../PROTOCOL.md', import.meta.url);
const HEADING = '## §17 Invariants';
const INTRODUCTION = [
  'Each invariant is listed with the tests that prove it. Below a test are the deliberate breaks of the code that make it fail;',
  '`npm run test:breaks` applies them one by one and checks that the tests fail. File names are shortened: `packages/` and `src/`',
  'are left out. This section is generated from `scripts/breaks`.',
].join('\n');

/** Called by scripts/generate.mjs. @returns the text of each generated file, by its path from the root of the repository */
export async function generate(): Promise<Record<string, string>> {
  const [before = ''] = readFileSync(PROTOCOL, 'utf8').split(HEADING); // §17 is the last section
  const filepath = PROTOCOL.pathname;
  const style = await resolveConfig(filepath);
  const text = [before.trimEnd(), HEADING, INTRODUCTION, ...INVARIANTS.flatMap(describe)].join('\n\n');
  return { 'PROTOCOL.md': await format(text, { ...style, filepath }) };
}

function describe({ number, statement, breaks, alsoProvedBy = [] }: Invariant): string[] {
  const byTest = Map.groupBy(breaks, ({ caughtBy }) => nameOf(caughtBy));
  const tests = [...byTest].map(([name, caught]) => [
    `- ${name}`,
    ...caught.map(({ description }) => `  - break: ${description}`),
  ]);
  const others = alsoProvedBy.map((test) => `- ${nameOf(test)}`);
  return [`**${number}. ${statement}**`, [...tests.flat(), ...others].join('\n')];
}

const nameOf = ({ file, writtenIn, title }: TestName): string =>
  `\`${shortName(writtenIn ?? file)}\`: “${plain(title)}”`;

/** The title with an ellipsis in place of each placeholder. */
const plain = (title: string): string => title.replaceAll(/\$\{[^}]*\}|%[a-z]/g, '…');
