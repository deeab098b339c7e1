/** Checks of the configuration: whether it holds together, and who may read the file with its secrets. */
import { statSync } from 'node:fs';
import { checkConfig } from '../check.ts';
import type { Config } from '../config.ts';
import { readConfigFile } from '../config-file.ts';
import { fault, ok, type Finding } from './finding.ts';

/** What only the start would find out. @throws {Error} naming what is wrong */
export async function checkConfiguration(config: Config): Promise<Finding> {
  await checkConfig(config);
  return ok('configuration', 'It is valid; rivulet check shows what is in effect.');
}

const OTHERS_READ = 0o004;
const FOREIGN_WRITES = 0o022;
/** The names of settings whose values are secrets. */
const SECRET_NAMES = /^(apiKey|secret|adminToken)$/;

/** Who may read and change the file. @param file its path */
export function checkConfigFile(file: string): Finding {
  const check = 'configuration file';
  const mode = statSync(file).mode & 0o777;
  const shown = mode.toString(8).padStart(3, '0');
  const mend = `chmod 600 ${file}`;
  if ((mode & FOREIGN_WRITES) !== 0)
    return fault(check, `Other users may change ${file} (${shown}), which the gateway then applies.`, mend);
  const isRead = (mode & OTHERS_READ) !== 0;
  if (isRead && hasSecret(readConfigFile(file).value))
    return fault(
      check,
      `${file} holds secrets, and every user of this machine may read it (${shown}).`,
      `${mend}, or move the secrets to the environment`,
    );
  return ok(check, `${file} (${shown}) ${isRead ? 'holds no secrets' : 'cannot be read by others'}.`);
}

/** Whether there is a secret, or a URL with a password, anywhere in it. */
function hasSecret(value: unknown, name = ''): boolean {
  if (typeof value === 'string') return SECRET_NAMES.test(name) || /:\/\/[^/@\s]*:[^/@\s]+@/.test(value);
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) return value.some((item) => hasSecret(item, name));
  return Object.entries(value).some(([key, item]) => hasSecret(item, key));
}
