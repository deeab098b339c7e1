/** PROTOCOL.md §17 out of the list of invariants: tests, and what was broken to see each of them fail. Called by scripts/generate.mjs. */
import { readFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import { shortName, type Invariant, type TestName } from './break.ts';
import { INVARIANTS } from './invariants.ts';

const PROTOCOL = new URL('../../PROTOCOL.md', import.meta.url);
const HEADING = '## §17 Invariants';
const INTRODUCTION = [
  'Each with the tests that prove it. Under a test stands what was broken on purpose to see it fail; `npm run test:breaks` breaks',
  'all of it again, one by one. In a name `packages/` and `src/` are left out. This section is made from `scripts/breaks`.',
].join('\n');

/** @returns the files, as path from the root -> text. */
export async function generate(): Promise<Record<string, string>> {
  const [before = ''] = readFileSync(PROTOCOL, 'utf8').split(HEADING); // it is the last section
  const filepath = PROTOCOL.pathname;
  const style = await resolveConfig(filepath);
  const text = [before.trimEnd(), HEADING, INTRODUCTION, ...INVARIANTS.flatMap(describe)].join('\n\n');
  return { 'PROTOCOL.md': await format(text, { ...style, filepath }) };
}

function describe({ number, says, breaks, alsoProvedBy = [] }: Invariant): string[] {
  const tried = Map.groupBy(breaks, ({ caughtBy }) => nameOf(caughtBy));
  const caught = [...tried].map(([name, all]) => [
    `- ${name}`,
    ...all.map(({ means }) => `  - tried: ${means}`),
  ]);
  const others = alsoProvedBy.map((test) => `- ${nameOf(test)}`);
  return [`**${number}. ${says}**`, [...caught.flat(), ...others].join('\n')];
}

const nameOf = ({ file, writtenIn, title }: TestName): string =>
  `\`${shortName(writtenIn ?? file)}\`: “${plain(title)}”`;

/** A title as a reader understands it: without the code that a runner puts something in for. */
const plain = (title: string): string => title.replaceAll(/\$\{[^}]*\}|%[a-z]/g, '…');
