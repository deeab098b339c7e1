/** Keeps a logger of the host application from ending a reply: an error that it throws goes no further. */
import type { Logger } from './logger.ts';

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;

/** Wraps a logger. The first error that it throws is reported as a warning of the process, since it cannot be logged. */
export function guardLogger(logger: Logger): Logger {
  let isReported = false;
  const report = (error: unknown): void => {
    if (isReported) return;
    isReported = true;
    const reason = error instanceof Error ? error.message : String(error);
    process.emitWarning(
      `The logger given to createGateway threw: ${reason}. Its further errors are not reported.`,
      {
        code: 'RIVULET_LOGGER',
      },
    );
  };
  const guard = (inner: Logger): Logger => {
    const methods = LEVELS.map((level) => [
      level,
      (facts: object, sentence: string) => {
        try {
          inner[level](facts, sentence);
        } catch (error) {
          report(error);
        }
      },
    ]);
    const child = (facts: object): Logger => {
      try {
        return guard(inner.child(facts));
      } catch (error) {
        report(error);
        return guard(inner);
      }
    };
    // The methods are those of LEVELS, which are all levels of a logger.
    return { ...(Object.fromEntries(methods) as Omit<Logger, 'child'>), child };
  };
  return guard(logger);
}
