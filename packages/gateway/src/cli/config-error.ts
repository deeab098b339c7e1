/** What is wrong with a configuration: the values, their places and what was expected. */
import { FAILED, type ExitCode } from './exit-codes.ts';

/** An invalid value of the configuration. */
export interface InvalidValue {
  /** Where the value comes from: `PORT`, `--port` or `rivulet.json: limits.drainMs`. */
  place: string;
  /** What was expected. It never repeats the value, which may be a key. */
  problem: string;
}

/** The configuration is invalid. The message lists every invalid value with its place and what was expected. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly invalidValues: readonly InvalidValue[];
  /** With which the process ends. */
  readonly exitCode: ExitCode;

  constructor(invalidValues: readonly InvalidValue[], exitCode: ExitCode = FAILED) {
    const lines = invalidValues.map(({ place, problem }) => `  ${place}: ${problem}`);
    super(`the configuration is invalid; change or set:\n${lines.join('\n')}`);
    this.invalidValues = invalidValues;
    this.exitCode = exitCode;
  }
}
