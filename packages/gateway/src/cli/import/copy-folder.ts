/** Copies the files and the secret of a data folder into that of the gateways on Postgres. */
import { constants, existsSync } from 'node:fs';
import { chmod, copyFile, mkdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { copyFileInto, createDiskFiles } from '../../files/disk-backup.ts';
import { FILES, MEMBERS } from '../backup/members.ts';
import { StartError } from '../start-error.ts';

/** What `copyFolder` needs. */
export interface CopyFolderOptions {
  from: string;
  /** Created when it is missing. The same as `from`: everything stays where it is. */
  to: string;
  signal: AbortSignal;
}

/** @returns how many files there are in the end, and how many of them were copied now */
export async function copyFolder({
  from,
  to,
  signal,
}: CopyFolderOptions): Promise<{ files: number; copied: number }> {
  const source = createDiskFiles(join(from, FILES));
  const isSame = resolve(from) === resolve(to);
  if (!isSame) await mkdir(to, { recursive: true, mode: 0o700 });
  let [files, copied] = [0, 0];
  for (const id of await source.listIds()) {
    signal.throwIfAborted();
    const record = await source.readRecord(id);
    if (record === undefined) continue; // no gateway can use it
    files += 1;
    if (isSame) continue;
    const opened = await source.openContent(id);
    if (opened === undefined) continue;
    if (await copyFileInto(join(to, FILES), record, opened.content)) copied += 1;
    opened.content.destroy();
  }
  if (!isSame) await copySecret(from, to);
  return { files, copied };
}

/** The secret of a gateway is in its data folder, unless the configuration has one. */
async function copySecret(from: string, to: string): Promise<void> {
  const [source, target] = [join(from, MEMBERS.secret), join(to, MEMBERS.secret)];
  if (!existsSync(source) || existsSync(target)) return;
  await copyFile(source, target, constants.COPYFILE_EXCL);
  await chmod(target, 0o600);
}

/** What `checkSecrets` compares. */
export interface CheckSecretsOptions extends Pick<CopyFolderOptions, 'from' | 'to'> {
  /** The secret of the configuration. */
  secret: string | undefined;
}

/** @throws {StartError} when the gateways on Postgres would sign with another secret than the one of the folder */
export async function checkSecrets({ from, to, secret }: CheckSecretsOptions): Promise<void> {
  const kept = await readSecretIn(from);
  const otherwise = 'otherwise visitors lose access to their conversations';
  if (kept === undefined) {
    if (secret !== undefined) return;
    throw new StartError(
      `There is no ${join(from, MEMBERS.secret)}, which signs the tokens of visitors: if the gateway has its secret from RIVULET_SECRET or its configuration file, give this command the same, ${otherwise}.`,
    );
  }
  if (secret !== undefined && secret !== kept)
    throw new StartError(
      `The data folder ${from} holds the secret of its gateway, and the configuration has another one: set RIVULET_SECRET to the content of ${join(from, MEMBERS.secret)}, ${otherwise}.`,
    );
  const other = await readSecretIn(to);
  if (secret === undefined && other !== undefined && other !== kept)
    throw new StartError(
      `The data folders ${from} and ${to} hold different secrets: set RIVULET_SECRET to the one of ${from}, ${otherwise}.`,
    );
}

async function readSecretIn(folder: string): Promise<string | undefined> {
  const file = join(folder, MEMBERS.secret);
  return existsSync(file) ? (await readFile(file, 'utf8')).trim() : undefined;
}
