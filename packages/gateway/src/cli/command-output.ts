/** What a command has to say at its end, as a text for people and as an object for programs. */
import { DONE, type ExitCode, type FAILED } from './exit-codes.ts';
import { ConfigError } from './config-error.ts';
import { describeStartError } from './start-error.ts';

/** The end of a command that did its work. */
export interface CommandOutput {
  /** For people, with the end of the line. */
  text: string;
  /** The same for programs. Names stay; further ones may be added. It holds no secret. */
  json: object;
  /** `FAILED` when the command has found something wrong, or has left something undone. Default: `DONE`. */
  exitCode?: typeof DONE | typeof FAILED;
}

/** The one line that `--json` prints for a command that came to its end. */
export const jsonOfOutput = (command: string, { json, exitCode = DONE }: CommandOutput): string =>
  `${JSON.stringify({ command, ok: exitCode === DONE, exitCode, ...json })}\n`;

/** The one line that `--json` prints for a command that failed. `invalidValues` are there when values are invalid. */
export function jsonOfError(command: string, error: unknown, exitCode: ExitCode): string {
  const invalid = error instanceof ConfigError ? { invalidValues: error.invalidValues } : {};
  const problem = describeStartError(error);
  return `${JSON.stringify({ command, ok: false, exitCode, problem, ...invalid })}\n`;
}
