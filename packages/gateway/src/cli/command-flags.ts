/** The commands of the executable, and the flags that are for one command or several, and are no settings. */

/** The commands, the first of which is run when none is named. */
export const COMMANDS = [
  'start',
  'check',
  'doctor',
  'init',
  'snippet',
  'export',
  'erase',
  'backup',
  'restore',
  'migrate',
  'import',
  'ingest',
] as const;
/** One of `COMMANDS`. */
export type Command = (typeof COMMANDS)[number];

/** A flag that is no setting. */
interface CommandFlag {
  type: 'string' | 'boolean';
  /** The commands that know it. */
  of: readonly Command[];
}

const ALL_THAT_END = COMMANDS.filter((command) => command !== 'start');

/** The flags, by name without dashes. */
export const COMMAND_FLAGS = {
  json: { type: 'boolean', of: ALL_THAT_END },
  'dry-run': { type: 'boolean', of: ['migrate', 'import', 'erase'] },
  into: { type: 'string', of: ['import'] },
  site: { type: 'string', of: ['init', 'snippet', 'export', 'erase', 'ingest'] },
  visitor: { type: 'string', of: ['export', 'erase'] },
  conversation: { type: 'string', of: ['export', 'erase'] },
  output: { type: 'string', of: ['export'] },
  format: { type: 'string', of: ['export'] },
  url: { type: 'string', of: ['snippet', 'doctor'] },
  yes: { type: 'boolean', of: ['init', 'erase'] },
  force: { type: 'boolean', of: ['init'] },
  replies: { type: 'string', of: ['init'] },
  'key-from': { type: 'string', of: ['init'] },
  'base-url': { type: 'string', of: ['init', 'ingest'] },
  delay: { type: 'string', of: ['ingest'] },
  'max-documents': { type: 'string', of: ['ingest'] },
  'allow-private': { type: 'boolean', of: ['ingest'] },
  remove: { type: 'boolean', of: ['ingest'] },
  origin: { type: 'string', of: ['init'] },
} as const satisfies Record<string, CommandFlag>;

/** The name of one of `COMMAND_FLAGS`. */
export type CommandFlagName = keyof typeof COMMAND_FLAGS;
type TypeOf<Name extends CommandFlagName> = (typeof COMMAND_FLAGS)[Name]['type'];
/** The flags of a command that were given, by name without dashes. */
export type CommandOptions = {
  readonly [Name in CommandFlagName]?: TypeOf<Name> extends 'boolean' ? boolean : string;
};

/** The commands that know a flag. */
export const commandsOf = (name: string): readonly Command[] | undefined =>
  Object.entries<CommandFlag>(COMMAND_FLAGS).find(([flag]) => flag === name)?.[1].of;
