#!/usr/bin/env node
/** The executable of the package: `npx @rivulet/protocol conformance <url>`. */
import { parseArgs } from 'node:util';
import { CHECKS } from './checks/index.ts';
import { runConformance, type Outcome } from './run-conformance.ts';

const HELP = `Usage: npx @rivulet/protocol conformance <url> [options]

Tries the promises of the Rivulet protocol against a running server, and prints which hold.
It asks about twenty questions, which the model of the server answers.

  --site ID        the site to use (default: demo)
  --token TOKEN    the token of a visitor, for a server that mints none
  --origin URL     the Origin of the connections (default: none)
  --question TEXT  what is asked; its answer has to take a second or more
  --only ID,ID     the checks to try (default: all); --list shows them
  --timeout MS     how long an event is waited for (default: 30000)
  --json           one JSON object instead of lines
  --list           print the checks, and try none
  --help           print this

Exit code: 0 every promise holds; 1 one is broken; 2 the command line is wrong, or the server cannot be reached;
3 none is broken, and some could not be tried.
`;

const EXIT_BROKEN = 1;
const EXIT_USAGE = 2;
const EXIT_UNDECIDED = 3;

const MARKS = { holds: 'holds    ', broken: 'BROKEN   ', undecided: 'undecided' } as const;
const lineOf = ({ check, kind, why }: Outcome): string =>
  `${MARKS[kind]}  ${check.id} (${check.section}): ${check.promise}${why === '' ? '' : `\n           ${why}`}\n`;

function fail(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(EXIT_USAGE);
}

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        site: { type: 'string' },
        token: { type: 'string' },
        origin: { type: 'string' },
        question: { type: 'string' },
        only: { type: 'string' },
        timeout: { type: 'string' },
        json: { type: 'boolean', default: false },
        list: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    return fail(`${error instanceof Error ? error.message : String(error)}\n--help shows the options.`);
  }
}

const isHttpUrl = (text: string): boolean => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);

async function reach(url: string): Promise<void> {
  await fetch(url).catch((error: unknown) => {
    const cause = error instanceof Error ? (error.cause ?? error) : error;
    fail(`${url} cannot be reached: ${String(cause)}`);
  });
}

async function main(): Promise<void> {
  const { values, positionals } = readArguments();
  const [command, url, ...more] = positionals;
  if (values.help || positionals.length === 0) return void process.stdout.write(HELP);
  if (command !== 'conformance') fail(`expected the command conformance, and it is ${command ?? 'missing'}`);
  if (values.list) {
    for (const { id, section, promise } of CHECKS) process.stdout.write(`${id} (${section}): ${promise}\n`);
    return;
  }
  if (url === undefined || !isHttpUrl(url) || more.length > 0)
    fail('expected one address of a server, such as http://127.0.0.1:8787');
  const timeoutMs = values.timeout === undefined ? undefined : Number(values.timeout);
  if (timeoutMs !== undefined && !(timeoutMs > 0)) fail('--timeout: expected a number of milliseconds');
  const only = values.only?.split(',');
  const unknown = only?.find((id) => !CHECKS.some((check) => check.id === id));
  if (unknown !== undefined) fail(`--only: there is no check ${unknown}; --list shows them`);
  await reach(url);
  const { site, token, origin, question, json } = values;
  const onOutcome = (outcome: Outcome) => json || process.stdout.write(lineOf(outcome));
  const outcomes = await runConformance({ url, site, token, origin, question, timeoutMs, only, onOutcome });
  report(outcomes, json);
}

function report(outcomes: readonly Outcome[], isJson: boolean): void {
  const count = (kind: Outcome['kind']) => outcomes.filter((outcome) => outcome.kind === kind).length;
  const counts = { holds: count('holds'), broken: count('broken'), undecided: count('undecided') };
  const checks = outcomes.map(({ check: { id, section, promise }, kind, why }) => ({
    ...{ id, section, promise, outcome: kind },
    ...(why === '' ? {} : { why }),
  }));
  if (isJson) process.stdout.write(`${JSON.stringify({ ...counts, checks }, null, 2)}\n`);
  else
    process.stdout.write(
      `\n${counts.holds} hold, ${counts.broken} broken, ${counts.undecided} undecided of ${outcomes.length}\n`,
    );
  if (counts.broken > 0) process.exitCode = EXIT_BROKEN;
  else if (counts.undecided > 0) process.exitCode = EXIT_UNDECIDED;
}

await main();
