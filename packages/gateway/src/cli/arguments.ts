/** Reads the command line of the executable. */
import { parseArgs } from 'node:util';
import { COMMAND_FLAGS, COMMANDS, commandsOf, type Command, type CommandOptions } from './command-flags.ts';
import { ConfigError } from './config-error.ts';
import { FLAGS } from './config-settings.ts';
import { WRONG_USAGE } from './exit-codes.ts';
import { suggestionFor } from './suggest.ts';

/** The commands that are followed by the path of a backup. */
const WITH_FILE: readonly Command[] = ['backup', 'restore'];

/** What the command line says. */
export interface Arguments {
  command: Command;
  /** The path of the backup, or `-`, for the commands that have one; otherwise empty. */
  backupFile: string;
  /** The address or the folder after `ingest`; undefined when there is none, and for other commands. */
  source: string | undefined;
  /** The flags that belong to the command. */
  options: CommandOptions;
  /** The path of the configuration file. */
  configFile: string | undefined;
  /** Text that is asked for instead of anything else. */
  asks: 'help' | 'version' | undefined;
  /** The values of the flags that are settings, by name without dashes. */
  flags: Readonly<Record<string, string>>;
}

const OF_ALL = {
  config: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean' },
} as const;

/** Reads the arguments after the name of the program. @throws {ConfigError} for an unknown flag or command */
export function readArguments(args: readonly string[]): Arguments {
  const settings = Object.fromEntries(Object.keys(FLAGS).map((name) => [name, { type: 'string' as const }]));
  const own = Object.fromEntries(Object.entries(COMMAND_FLAGS).map(([name, { type }]) => [name, { type }]));
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { ...settings, ...own, ...OF_ALL },
      allowPositionals: true,
    });
    const { help, version, config } = values;
    const named = help === true ? ('help' as const) : undefined;
    const asks = named ?? (version === true ? 'version' : undefined);
    const read = asks === undefined ? readCommand(positionals) : { command: COMMANDS[0], ...NO_WORDS };
    if (asks === undefined) refuseForeignFlags(read.command, values);
    const given = Object.entries(values);
    return {
      ...read,
      options: Object.fromEntries(given.filter(([name]) => name in COMMAND_FLAGS)),
      configFile: typeof config === 'string' ? config : undefined,
      asks,
      flags: Object.fromEntries(
        given.flatMap(([name, value]) =>
          name in FLAGS && typeof value === 'string' ? [[name, value] as const] : [],
        ),
      ),
    };
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw wrongUsage(describeFailure(error));
  }
}

/** @throws {ConfigError} for a flag of another command */
function refuseForeignFlags(command: Command, values: Readonly<Record<string, unknown>>): void {
  for (const flag of Object.keys(values)) {
    const owners = commandsOf(flag);
    if (owners === undefined || owners.includes(command)) continue;
    throw wrongUsage(`--${flag} is a flag of ${LIST.format(owners)}, and not of ${command}`);
  }
}

function readCommand([name = COMMANDS[0], ...more]: readonly string[]): Pick<
  Arguments,
  'command' | 'backupFile' | 'source'
> {
  const command = COMMANDS.find((one) => one === name);
  if (command === undefined) {
    const known = `; there are ${LIST.format(COMMANDS)}`;
    throw wrongUsage(`there is no command ${name}${suggestionFor(name, COMMANDS) || known}`);
  }
  if (command === 'ingest') {
    if (more.length > 1) throw wrongUsage('expected one address or folder after ingest');
    return { command, ...NO_WORDS, source: more[0] };
  }
  const hasFile = WITH_FILE.includes(command);
  const [backupFile = '', ...rest] = hasFile ? more : ['', ...more];
  if (hasFile && backupFile === '')
    throw wrongUsage(`expected the path of the backup after ${command}, such as ${command} rivulet.tar.gz`);
  if (rest.length > 0)
    throw wrongUsage(hasFile ? `expected one path after ${command}` : 'expected one command');
  return { command, ...NO_WORDS, backupFile };
}

/** What follows no command. */
const NO_WORDS = { backupFile: '', source: undefined };

const LIST = new Intl.ListFormat('en-GB');

/** The error of a command line that asks for something that does not exist, or lacks something. */
export const wrongUsage = (problem: string): ConfigError =>
  new ConfigError([{ place: 'command line', problem }], WRONG_USAGE);

/** The names after which a mistyped flag is searched. */
const ALL_FLAGS = [...Object.keys(FLAGS), ...Object.keys(COMMAND_FLAGS), ...Object.keys(OF_ALL)].map(
  (name) => `--${name}`,
);

function describeFailure(error: unknown): string {
  if (!(error instanceof Error)) return 'it cannot be read';
  const [, unknown] = /Unknown option '(-[^']*)'/.exec(error.message) ?? [];
  if (unknown === undefined) return error.message;
  return `there is no flag ${unknown}${suggestionFor(unknown, ALL_FLAGS) || '; see --help'}`;
}
