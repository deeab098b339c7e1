/** Runs the commands that end by themselves, and prints what they say. */
import type { Arguments } from './arguments.ts';
import { STANDARD_STREAM } from './backup/output.ts';
import { runBackup } from './backup/run-backup.ts';
import { runCheck } from './check.ts';
import type { Command } from './command-flags.ts';
import { jsonOfError, jsonOfOutput, type CommandOutput } from './command-output.ts';
import { runDoctorCommand } from './doctor/doctor-command.ts';
import { ConfigError } from './config-error.ts';
import type { Config } from './config.ts';
import { exitCodeOf, WRONG_USAGE } from './exit-codes.ts';
import { runImport } from './import/run-import.ts';
import { runIngest } from './ingest/run-ingest.ts';
import { runInit } from './init/run-init.ts';
import { runMigrate } from './postgres/run-migrate.ts';
import { runErase } from './records/run-erase.ts';
import { runExport } from './records/run-export.ts';
import { runSnippet } from './snippet/run-snippet.ts';
import { readVersion } from './version.ts';

/** A command line that names such a command. */
export interface CommandArguments extends Omit<Arguments, 'command'> {
  command: Exclude<Command, 'start'>;
}

/**
 * Runs a command, prints its end and sets the exit code.
 * @param readConfig reads the configuration, for the commands that need it
 * @throws {Error} see `describeStartError` and `exitCodeOf`; with `--json` it was printed, too
 */
export async function runCommand(read: CommandArguments, readConfig: () => Config): Promise<void> {
  const { command, backupFile, options } = read;
  if (command === 'doctor') {
    await runDoctorCommand(read, readConfig);
    return;
  }
  const isJson = options.json === true;
  try {
    const output = await outputOf(
      { ...read, command },
      command === 'check' ? readConfig : forUsage(readConfig),
    );
    const told = isJson ? jsonOfOutput(command, output) : output.text;
    const content = command === 'export' ? (options.output ?? STANDARD_STREAM) : backupFile;
    const isContent = (command === 'backup' || command === 'export') && content === STANDARD_STREAM;
    (isContent ? process.stderr : process.stdout).write(told);
    if (output.exitCode !== undefined) process.exitCode = output.exitCode;
  } catch (error) {
    if (isJson) process.stdout.write(jsonOfError(command, error, exitCodeOf(error)));
    throw error;
  }
}

interface OutputArguments extends Omit<Arguments, 'command'> {
  command: Exclude<CommandArguments['command'], 'doctor'>;
}

function outputOf(
  { command, backupFile, source, configFile, flags, options }: OutputArguments,
  readConfig: () => Config,
): Promise<CommandOutput> {
  const report = (line: string) => {
    (options.json === true ? process.stderr : process.stdout).write(`${line}\n`);
  };
  const onWay = (line: string) => {
    process.stderr.write(`${line}\n`);
  };
  switch (command) {
    case 'init':
      return runInit({ options, flags, file: configFile, environment: process.env, report: onWay });
    case 'check':
      return runCheck(readConfig());
    case 'snippet':
      return Promise.resolve(runSnippet(readConfig(), options));
    case 'export':
      return runExport({ config: readConfig(), options, report: onWay });
    case 'erase':
      return runErase({ config: readConfig(), options });
    case 'migrate':
      return runMigrate({
        config: readConfig(),
        effect: options['dry-run'] === true ? 'show' : 'apply',
        report,
      });
    case 'import':
      return runImport({ config: readConfig(), options, report });
    case 'ingest':
      return runIngest({ config: readConfig(), options, source, report: onWay });
    case 'backup':
    case 'restore':
    default:
      return runBackup({ command, config: readConfig(), file: backupFile, gatewayVersion: readVersion() });
  }
}

/** For the commands that work by the configuration and do not examine it. */
const forUsage = (readConfig: () => Config) => (): Config => {
  try {
    return readConfig();
  } catch (error) {
    if (error instanceof ConfigError) throw new ConfigError(error.invalidValues, WRONG_USAGE);
    throw error;
  }
};
