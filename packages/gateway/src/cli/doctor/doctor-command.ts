/** `rivulet doctor` as the command line runs it: on this machine, with its end printed. */
import { wrongUsage, type Arguments } from '../arguments.ts';
import type { Config } from '../config.ts';
import { freeBytesOf } from './data-folder.ts';
import { thisMachine } from './machine.ts';
import { PUBLIC_DEFAULTS } from './public-url.ts';
import { runDoctor } from './run-doctor.ts';

/**
 * Runs the command, prints the findings and ends the process.
 * @param read reads the configuration; one that is invalid is a finding
 * @throws {ConfigError} for a `--url` that is none
 */
export async function runDoctorCommand(
  { configFile, options }: Pick<Arguments, 'configFile' | 'options'>,
  read: () => Config,
): Promise<void> {
  const { url, json } = options;
  if (url !== undefined && !/^https?:$/.test(URL.parse(url)?.protocol ?? ''))
    throw wrongUsage('--url is where visitors reach the gateway, such as https://chat.example');
  const { text, exitCode } = await runDoctor({
    ...{ read, configFile, publicUrl: url, format: json === true ? 'json' : 'text' },
    ...{ machine: thisMachine(), freeBytes: freeBytesOf, publicOptions: PUBLIC_DEFAULTS },
  });
  // A connection that a check has left open would keep the process alive.
  process.stdout.write(text, () => process.exit(exitCode));
}
