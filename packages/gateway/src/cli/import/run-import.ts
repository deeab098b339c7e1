/** The command `import` of the executable: what it prints, and how a signal ends it. */
import { join, resolve } from 'node:path';
import { FILES, MEMBERS } from '../backup/members.ts';
import type { CommandOptions } from '../command-flags.ts';
import type { CommandOutput } from '../command-output.ts';
import type { Config } from '../config.ts';
import { interruptible } from '../interruption.ts';
import { importFolder, type Imported } from './import.ts';
import { planImport } from './plan-import.ts';

/** What `runImport` needs. */
export interface RunImportOptions {
  config: Config;
  /** `into`: the data folder of the gateways on Postgres, by default the one that is imported. `dry-run`: copy nothing. */
  options: Pick<CommandOptions, 'into' | 'dry-run'>;
  /** Prints a line while the command works, without the end of the line. */
  report: (line: string) => void;
}

/** Runs the command. @returns what to print at its end @throws {Error} see `importFolder` */
export async function runImport({
  config,
  options: { into = config.dataFolder, 'dry-run': isDryRun = false },
  report,
}: RunImportOptions): Promise<CommandOutput> {
  if (isDryRun) return planImport(config, into);
  const interrupted =
    'The import was interrupted. What was copied stays in the database, on which no gateway starts until then: run the same command again to go on. The data folder can be used as before.';
  const imported = await interruptible(interrupted, (signal) =>
    importFolder({ config, into, signal, report }),
  );
  const { rows, unreadable, files, copied } = imported;
  return {
    text: describe(imported, { config, into }),
    json: { dataFolder: config.dataFolder, into, rows: Object.fromEntries(rows), unreadable, files, copied },
  };
}

function describe(
  { rows, unreadable, files, copied }: Imported,
  { config, into }: { config: Config; into: string },
): string {
  const { dataFolder: from, secret } = config;
  const isSame = resolve(from) === resolve(into);
  const count = (name: string) => rows.get(name) ?? 0;
  return [
    `Imported ${from}: conversations ${count('conversations')}, messages ${count('messages')}, files ${files}.`,
    ...(unreadable === 0 ? [] : [`Left out, because they are damaged: ${unreadable} rows.`]),
    isSame
      ? `The gateways on Postgres need ${join(from, FILES)}: give them this data folder, or copy it to the disk that they share.`
      : `Files copied into ${into}: ${copied}. Give it to the gateways on Postgres as their data folder (RIVULET_DATA).`,
    secret === undefined
      ? `They must sign with the same secret: it is in ${join(into, MEMBERS.secret)}.`
      : 'They must sign with the secret of this configuration.',
    `${from} is as it was. Do not start a gateway on it again without Postgres: what it writes there is not in the database.`,
    '',
  ].join('\n');
}
