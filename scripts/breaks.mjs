/**
 * Breaks the code on purpose, one invariant of PROTOCOL.md §17 at a time, and demands that the test named for it fails: in
 * copies of the working tree, never in the tree itself. `npm run test:breaks`, or with words to choose: `npm run test:breaks
 * -- 6 synced` breaks what is listed under invariant 6 or says "synced".
 */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { patternOf, shortName, withEdits } from './breaks/break.ts';
import { INVARIANTS } from './breaks/invariants.ts';
import { resultsOf, verdictOn } from './breaks/judge.mjs';
import { createScratch } from './breaks/scratch.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
/** Half of the cores, four at most: each run of vitest has threads of its own. */
const COPIES = Math.max(1, Math.min(4, Math.floor(availableParallelism() / 2)));
/** A break may make a loop endless, which the test runner cannot stop. */
const MAX_RUN_MS = 120_000;

const words = process.argv.slice(2);
const all = INVARIANTS.flatMap(({ number, breaks }) => breaks.map((one) => ({ number, ...one })));
const isChosen = ({ number, means }) =>
  words.length === 0 ||
  words.some((word) => word === String(number) || (Number.isNaN(Number(word)) && means.includes(word)));
const chosen = all.filter(isChosen);
if (chosen.length === 0) {
  process.stderr.write(`no break is listed under ${words.join(', ')}\n`);
  process.exit(1);
}

/** Runs of vitest under way: they end with this process. */
const running = new Set();

/** Runs tests in a copy. @returns vitest's report, undefined without one */
async function runTests(folder, args) {
  const output = join(folder, 'node_modules', 'breaks.json');
  rmSync(output, { force: true });
  const vitest = join(folder, 'node_modules', 'vitest', 'vitest.mjs');
  const reporting = ['--reporter=json', `--outputFile=${output}`];
  await new Promise((resolve) => {
    const child = spawn(process.execPath, [vitest, 'run', '--project', 'node', ...reporting, ...args], {
      cwd: folder,
      stdio: 'ignore',
      timeout: MAX_RUN_MS,
      killSignal: 'SIGKILL',
    });
    running.add(child);
    child.on('exit', () => {
      running.delete(child);
      resolve();
    });
  });
  return existsSync(output) ? JSON.parse(readFileSync(output, 'utf8')) : undefined;
}

async function tryBreak(folder, one) {
  const path = join(folder, one.file);
  const text = readFileSync(path, 'utf8');
  writeFileSync(path, withEdits(text, one.edits));
  try {
    const report = await runTests(folder, [one.caughtBy.file, '-t', patternOf(one.caughtBy)]);
    return verdictOn(report, one, folder);
  } finally {
    writeFileSync(path, text);
  }
}

/** @returns the tests that do not pass as they are: what they say of a break is worth nothing */
async function checkUnbroken(folder) {
  const byTitle = new Map(chosen.map(({ caughtBy }) => [`${caughtBy.file}: ${caughtBy.title}`, caughtBy]));
  const tests = [...byTitle.values()];
  const report = await runTests(folder, [...new Set(tests.map(({ file }) => file))]);
  const passes = (test) => {
    const results = resultsOf(report, test, folder);
    return results.length > 0 && results.every(({ status }) => status === 'passed');
  };
  return tests.filter((test) => !passes(test));
}

const startedAtMs = Date.now();
const scratches = [];
process.on('exit', () => {
  for (const child of running) child.kill();
  for (const scratch of scratches) scratch.remove();
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(1));
while (scratches.length < Math.min(COPIES, chosen.length)) scratches.push(createScratch(root));

const failing = await checkUnbroken(scratches[0].folder);
for (const { file, title } of failing)
  process.stderr.write(`fails or is missing unbroken: ${file}: ${title}\n`);
if (failing.length > 0) process.exit(1);

const queue = [...chosen];
const wrongs = new Map();
const work = async ({ folder }) => {
  for (let one = queue.shift(); one !== undefined; one = queue.shift()) {
    wrongs.set(one, await tryBreak(folder, one).catch(({ message }) => message));
    process.stderr.write(wrongs.get(one) === undefined ? '.' : '!');
  }
};
await Promise.all(scratches.map(work));
process.stderr.write('\n');

const rowOf = (one) => [
  String(one.number),
  one.means,
  `${shortName(one.caughtBy.file)}: ${one.caughtBy.title}`,
  wrongs.get(one) ?? 'yes',
];
const rows = [['invariant', 'break', 'test', 'caught'], ...chosen.map(rowOf)];
const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
const lineOf = (row) =>
  row
    .map((cell, column) => cell.padEnd(widths[column]))
    .join(' | ')
    .trimEnd();
process.stdout.write(`${rows.map(lineOf).join('\n')}\n`);
const missed = chosen.filter((one) => wrongs.get(one) !== undefined).length;
const seconds = Math.round((Date.now() - startedAtMs) / 1000);
process.stdout.write(`\n${chosen.length - missed} of ${chosen.length} breaks caught, in ${seconds} s\n`);
process.exit(missed === 0 ? 0 : 1);
