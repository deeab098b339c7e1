/** The command `init` of the executable: collects the answers, checks the file that they make, and writes it. */
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { wrongUsage } from '../arguments.ts';
import { describeConfig } from '../check.ts';
import type { CommandOptions } from '../command-flags.ts';
import type { CommandOutput } from '../command-output.ts';
import { parseConfigFile } from '../config-file.ts';
import { FLAGS } from '../config-settings.ts';
import { readConfig } from '../read-config.ts';
import { StartError } from '../start-error.ts';
import { defaultAnswers, FLAG_OF, givenAnswers, NO_KEY, QUESTIONS, type Answers } from './answers.ts';
import { asking, isTerminal, type Ask, type Terminal } from './ask.ts';
import { configText } from './config-text.ts';

/** What `runInit` needs. */
export interface RunInitOptions {
  options: CommandOptions;
  /** The flags that are settings. */
  flags: Readonly<Record<string, string>>;
  /** The path of the new file. Default: `DEFAULT_FILE`. */
  file: string | undefined;
  environment: Readonly<Record<string, string | undefined>>;
  /** Where to ask. Default: standard input and error when both are a terminal, otherwise nowhere. */
  terminal?: Terminal | undefined;
  /** Prints a line on the way. */
  report: (line: string) => void;
}

/** Where the configuration is written without `--config`. */
export const DEFAULT_FILE = 'rivulet.json';
/** The settings that the file gets from flags. */
const KNOWN_SETTINGS = ['model', 'data', 'port'];

/**
 * Writes a configuration file that `rivulet check` accepts, once the key is in the environment.
 * @throws {ConfigError} for an answer in a flag that cannot be used
 * @throws {StartError} when there is such a file already, or it cannot be written; nothing was changed
 */
export async function runInit(input: RunInitOptions): Promise<CommandOutput> {
  const { options, flags, file = DEFAULT_FILE, environment, report } = input;
  const isReplacing = options.force === true;
  refuseOtherSettings(flags);
  if (!isReplacing && existsSync(file)) throw alreadyThere(file);
  const given = givenAnswers({ options, flags });
  for (const { name, problemOf } of QUESTIONS) checkGiven(name, given[name], problemOf);
  const defaults = defaultAnswers(given, environment);
  const { terminal = isTerminal() ? STANDARD : undefined } = input;
  const isAsking = terminal !== undefined && options.yes !== true;
  if (isAsking) report('Press Enter for what is in brackets. Nothing is written before the last answer.');
  const answers = isAsking
    ? await asking(terminal, 'Nothing was written.', (ask) => askAll(ask, { given, defaults }))
    : ({ ...defaults, ...given } as Answers); // `checkGiven` has checked `replies`
  const text = configText(answers);
  await checkText(file, text, environment);
  await write(file, text, isReplacing);
  const { keyFrom, replies } = answers;
  const needsKey = replies === 'upstream' && keyFrom !== NO_KEY;
  const lacksKey = needsKey && (environment[keyFrom] ?? '') === '';
  return {
    text: describe(file, answers, lacksKey),
    json: { file, ...answers, lacksKey, next: `rivulet start --config ${file}` },
  };
}

const STANDARD: Terminal = { input: process.stdin, output: process.stderr };

function refuseOtherSettings(flags: RunInitOptions['flags']): void {
  const other = Object.keys(flags).find((name) => name in FLAGS && !KNOWN_SETTINGS.includes(name));
  if (other !== undefined)
    throw wrongUsage(`--${other} is no flag of init; set it in the file that init has written`);
}

/** @throws {ConfigError} */
function checkGiven(
  name: keyof Answers,
  answer: string | undefined,
  problemOf: (answer: string) => string | undefined,
): void {
  const problem = answer === undefined ? undefined : problemOf(answer);
  if (problem !== undefined) throw wrongUsage(`${FLAG_OF[name]}: ${problem}`);
}

interface AskAllOptions {
  given: Partial<Record<keyof Answers, string>>;
  defaults: Answers;
}

/** Asks what the flags have not answered. */
async function askAll(ask: Ask, { given, defaults }: AskAllOptions): Promise<Answers> {
  let answers = { ...defaults, ...given } as Answers; // `checkGiven` has checked `replies`
  for (const { name, text, problemOf, isForUpstream } of QUESTIONS) {
    if (given[name] !== undefined || (isForUpstream === true && answers.replies === 'demo')) continue;
    answers = { ...answers, [name]: await ask({ text, fallback: defaults[name], problemOf }) };
  }
  return answers;
}

/** Checks as `rivulet check` does, with a key in place of one that is not set yet. @throws {Error} when the file would be refused */
async function checkText(
  file: string,
  text: string,
  environment: RunInitOptions['environment'],
): Promise<void> {
  const parsed = parseConfigFile(file, text);
  const { PATH } = environment; // nothing else: the file must be valid by itself
  const config = readConfig({ file: parsed, environment: { PATH }, flags: {} });
  const { provider } = config;
  const apiKey = provider.apiKey ?? (provider.kind === 'openai' ? ['not-set-yet'] : undefined);
  await describeConfig({ ...config, provider: { ...provider, apiKey } });
}

async function write(file: string, text: string, isReplacing: boolean): Promise<void> {
  try {
    // `wx`: also a file that was created while the questions were asked stays. Mode 0600: somebody may put a key into it.
    await writeFile(file, text, { flag: isReplacing ? 'w' : 'wx', mode: 0o600 });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') throw alreadyThere(file);
    throw error;
  }
}

const alreadyThere = (file: string): StartError =>
  new StartError(
    `${file} exists already, and was not changed; name another file with --config, or replace it with --force.`,
  );

function describe(file: string, { keyFrom, siteId }: Answers, lacksKey: boolean): string {
  return [
    `Written: ${file}`,
    '',
    'Next:',
    ...(lacksKey ? [`  export ${keyFrom}=…   (your API key; it is not in the file)`] : []),
    `  rivulet doctor --config ${file}   (tries the key and the model, and all else that it depends on)`,
    `  rivulet start --config ${file}`,
    'and then, for the tag of your page:',
    `  rivulet snippet --site ${siteId} --config ${file} --url https://chat.example.com`,
    '',
  ].join('\n');
}
