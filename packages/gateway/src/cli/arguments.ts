/** Reads the command line of the executable. */
import { parseArgs } from 'node:util';
import { ConfigError } from './config-error.ts';
import { FLAGS } from './config-settings.ts';
import { suggestionFor } from './suggest.ts';

/** The commands, the first of which is run when none is named. */
export const COMMANDS = ['start', 'check', 'backup', 'restore', 'migrate', 'import'] as const;
/** One of `COMMANDS`. */
export type Command = (typeof COMMANDS)[number];
/** The commands that are followed by the path of a backup. */
const WITH_FILE: readonly Command[] = ['backup', 'restore'];
/** The flags that belong to one command. */
const OF_COMMAND: Readonly<Record<string, Command>> = { 'dry-run': 'migrate', into: 'import' };

/** What the command line says. */
export interface Arguments {
  command: Command;
  /** The path of the backup, or `-`, for the commands that have one; otherwise empty. */
  backupFile: string;
  /** Only say what the command would do. */
  isDryRun: boolean;
  /** The data folder into which an import copies files; undefined: they stay where they are. */
  into: string | undefined;
  /** The path of the configuration file. */
  configFile: string | undefined;
  /** Text that is asked for instead of anything else. */
  asks: 'help' | 'version' | undefined;
  /** The values of the flags that are settings, by name without dashes. */
  flags: Readonly<Record<string, string>>;
}

const OWN = {
  config: { type: 'string' },
  'dry-run': { type: 'boolean' },
  into: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean' },
} as const;

/** Reads the arguments after the name of the program. @throws {ConfigError} for an unknown flag or command */
export function readArguments(args: readonly string[]): Arguments {
  const settings = Object.fromEntries(Object.keys(FLAGS).map((name) => [name, { type: 'string' as const }]));
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { ...settings, ...OWN },
      allowPositionals: true,
    });
    const { help, version, config, into, 'dry-run': dryRun, ...flags } = values;
    const named = help === true ? ('help' as const) : undefined;
    const asks = named ?? (version === true ? 'version' : undefined);
    const read = asks === undefined ? readCommand(positionals) : { command: COMMANDS[0], backupFile: '' };
    if (asks === undefined) refuseForeignFlags(read.command, values);
    return {
      ...read,
      isDryRun: dryRun === true,
      into: typeof into === 'string' ? into : undefined,
      configFile: typeof config === 'string' ? config : undefined,
      asks,
      flags: Object.fromEntries(
        Object.entries(flags).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
      ),
    };
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw wrong(describeFailure(error));
  }
}

/** @throws {ConfigError} for a flag of another command */
function refuseForeignFlags(command: Command, values: Readonly<Record<string, unknown>>): void {
  const foreign = Object.entries(OF_COMMAND).find(([flag, owner]) => flag in values && owner !== command);
  if (foreign !== undefined) throw wrong(`--${foreign[0]} is a flag of ${foreign[1]}, and not of ${command}`);
}

function readCommand([name = COMMANDS[0], ...more]: readonly string[]): Pick<
  Arguments,
  'command' | 'backupFile'
> {
  const command = COMMANDS.find((one) => one === name);
  if (command === undefined) {
    const known = `; there are ${LIST.format(COMMANDS)}`;
    throw wrong(`there is no command ${name}${suggestionFor(name, COMMANDS) || known}`);
  }
  const hasFile = WITH_FILE.includes(command);
  const [backupFile = '', ...rest] = hasFile ? more : ['', ...more];
  if (hasFile && backupFile === '')
    throw wrong(`expected the path of the backup after ${command}, such as ${command} rivulet.tar.gz`);
  if (rest.length > 0) throw wrong(hasFile ? `expected one path after ${command}` : 'expected one command');
  return { command, backupFile };
}

const LIST = new Intl.ListFormat('en-GB');

const wrong = (problem: string): ConfigError => new ConfigError([{ place: 'command line', problem }]);

/** The names after which a mistyped flag is searched. */
const ALL_FLAGS = [...Object.keys(FLAGS), ...Object.keys(OWN)].map((name) => `--${name}`);

function describeFailure(error: unknown): string {
  if (!(error instanceof Error)) return 'it cannot be read';
  const [, unknown] = /Unknown option '(-[^']*)'/.exec(error.message) ?? [];
  if (unknown === undefined) return error.message;
  return `there is no flag ${unknown}${suggestionFor(unknown, ALL_FLAGS) || '; see --help'}`;
}
