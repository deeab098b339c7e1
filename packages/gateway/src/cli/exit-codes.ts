/** The exit codes of the executable. They are documented in docs/command-line.md and do not change. */

/** Everything was done, and nothing was found wrong. */
export const DONE = 0;
/** The work failed, or what was examined is wrong; also a start that fails, for whatever reason. */
export const FAILED = 1;
/** Nothing was tried: the command line is wrong, or a command that works by the configuration was given an invalid one. */
export const WRONG_USAGE = 2;

/** One of the exit codes. */
export type ExitCode = typeof DONE | typeof FAILED | typeof WRONG_USAGE;

/** The exit code with which an error ends the process: its own, or `FAILED`. */
export function exitCodeOf(error: unknown): ExitCode {
  const own: unknown = error instanceof Error ? Reflect.get(error, 'exitCode') : undefined;
  return own === WRONG_USAGE ? WRONG_USAGE : FAILED;
}
