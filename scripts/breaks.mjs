/**
 * Applies each deliberate break of `scripts/breaks` to a copy of the working tree and checks that its test fails. The working
 * tree itself is not changed. `npm run test:breaks` applies all; `npm run test:breaks -- 6 synced` applies those of invariant 6
 * and those whose description contains "synced".
 */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { patternOf, shortName, withEdits } from './breaks/break.ts';
import { INVARIANTS } from './breaks/invariants.ts';
import { evaluateBreak, resultsOf } from './breaks/evaluate-report.mjs';
import { createWorkingCopy } from './breaks/working-copy.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
/** Copies that run tests at the same time: half of the cores, at most four, because each vitest process uses several threads. */
const COPY_COUNT = Math.max(1, Math.min(4, Math.floor(availableParallelism() / 2)));
/** A break may cause an infinite loop, which the test runner cannot stop. */
const MAX_RUN_MS = 120_000;

const filters = process.argv.slice(2);
const all = INVARIANTS.flatMap(({ number, breaks }) => breaks.map((each) => ({ number, ...each })));
const isChosen = ({ number, description }) =>
  filters.length === 0 ||
  filters.some(
    (filter) => filter === String(number) || (Number.isNaN(Number(filter)) && description.includes(filter)),
  );
const chosen = all.filter(isChosen);
if (chosen.length === 0) {
  process.stderr.write(
    `no break matches ${filters.join(', ')}: name an invariant (1 to 9) or a part of a description\n`,
  );
  process.exit(1);
}

/** The running vitest processes, which are killed when this process exits. */
const running = new Set();

/** Runs tests in a copy. @returns vitest's report; undefined when it wrote none */
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

/** Applies one break, runs its test and restores the file. @returns undefined when the break was caught, else the problem */
async function tryBreak(folder, chosenBreak) {
  const { file, edits, caughtBy } = chosenBreak;
  const path = join(folder, file);
  const text = readFileSync(path, 'utf8');
  writeFileSync(path, withEdits(text, edits));
  try {
    const report = await runTests(folder, [caughtBy.file, '-t', patternOf(caughtBy)]);
    return evaluateBreak(report, chosenBreak, folder);
  } finally {
    writeFileSync(path, text);
  }
}

/** Runs the tests without a break. @returns those that do not pass, whose failure under a break would prove nothing */
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
const copies = [];
process.on('exit', () => {
  for (const child of running) child.kill();
  for (const copy of copies) copy.remove();
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(1));
while (copies.length < Math.min(COPY_COUNT, chosen.length)) copies.push(createWorkingCopy(root));

const failing = await checkUnbroken(copies[0].folder);
for (const { file, title } of failing)
  process.stderr.write(`this test fails or does not exist without any break: ${file}: ${title}\n`);
if (failing.length > 0) process.exit(1);

const queue = [...chosen];
/** The problem with each break, by the break; undefined for one that was caught. */
const problems = new Map();
const work = async ({ folder }) => {
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const problem = await tryBreak(folder, next).catch(({ message }) => message);
    problems.set(next, problem);
    process.stderr.write(problem === undefined ? '.' : '!');
  }
};
await Promise.all(copies.map(work));
process.stderr.write('\n');

const rowOf = (each) => [
  String(each.number),
  each.description,
  `${shortName(each.caughtBy.file)}: ${each.caughtBy.title}`,
  problems.get(each) ?? 'yes',
];
const rows = [['invariant', 'break', 'test', 'caught'], ...chosen.map(rowOf)];
const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
const format = (row) =>
  row
    .map((cell, column) => cell.padEnd(widths[column]))
    .join(' | ')
    .trimEnd();
process.stdout.write(`${rows.map(format).join('\n')}\n`);
const missed = chosen.filter((each) => problems.get(each) !== undefined).length;
const seconds = Math.round((Date.now() - startedAtMs) / 1000);
process.stdout.write(`\n${chosen.length - missed} of ${chosen.length} breaks caught, in ${seconds} s\n`);
process.exit(missed === 0 ? 0 : 1);
