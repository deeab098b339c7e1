/** The commands `backup` and `restore` of the executable: what they print, and how a signal ends them. */
import type { CommandOutput } from '../command-output.ts';
import type { Config } from '../config.ts';
import { backup } from './backup.ts';
import { BackupError } from './backup-error.ts';
import type { Manifest } from './members.ts';
import { STANDARD_STREAM } from './output.ts';
import { restore } from './restore.ts';

/** What `runBackup` needs. */
export interface RunBackupOptions {
  command: 'backup' | 'restore';
  config: Config;
  /** The path of the backup, or `-`. */
  file: string;
  gatewayVersion: string;
}

/** Runs one of the commands. @returns what to tell the operator @throws {Error} see `backup` and `restore` */
export async function runBackup({
  command,
  config,
  file,
  gatewayVersion,
}: RunBackupOptions): Promise<CommandOutput> {
  const stop = new AbortController();
  const onSignal = () => {
    stop.abort(new BackupError(`The ${command} was interrupted; nothing remains of it.`));
  };
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal);
  const { signal } = stop;
  try {
    if (command === 'backup') {
      const manifest = await backup({ config, target: file, gatewayVersion, signal });
      return { text: describeBackup(manifest, file), json: { file, ...factsOf(manifest) } };
    }
    const manifest = await restore({ config, source: file, signal });
    const { dataFolder } = config;
    return { text: describeRestore(manifest, config), json: { file, dataFolder, ...factsOf(manifest) } };
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  }
}

const factsOf = ({ createdAt, conversations, messages, files, missingFiles, secret }: Manifest) => ({
  createdAt,
  conversations,
  messages,
  files,
  missingFiles,
  secret,
});

const countsOf = ({ conversations, messages, files }: Manifest): string =>
  `conversations ${conversations}, messages ${messages}, files ${files}`;

function describeBackup(manifest: Manifest, file: string): string {
  const { missingFiles, secret } = manifest;
  const target = file === STANDARD_STREAM ? 'standard output' : file;
  return [
    `Backup written to ${target}: ${countsOf(manifest)}.`,
    ...(missingFiles.length === 0
      ? []
      : [`Not in it, because they were erased meanwhile: ${missingFiles.join(', ')}.`]),
    secret === 'secret.key'
      ? 'It holds the secret that signs the tokens of visitors: keep it as safe as the data folder.'
      : 'It does not hold the secret of the configuration (RIVULET_SECRET): keep that, too.',
    '',
  ].join('\n');
}

const describeRestore = (manifest: Manifest, { dataFolder }: Config): string =>
  `Backup of ${manifest.createdAt} restored into ${dataFolder}: ${countsOf(manifest)}.\n`;
