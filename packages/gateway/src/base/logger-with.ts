/** A logger whose lines have the same fields each, whatever logger the host application has given. */
import type { Logger } from './logger.ts';

/**
 * Adds fields to each line of a logger. A line's own field of the same name replaces one of them, so that no name occurs twice in the JSON,
 * which a child of pino would write.
 */
export function loggerWith(logger: Logger, facts: Readonly<Record<string, unknown>>): Logger {
  const add = (level: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal') => {
    return (own: object, sentence: string): void => {
      logger[level]({ ...facts, ...own }, sentence);
    };
  };
  return {
    trace: add('trace'),
    debug: add('debug'),
    info: add('info'),
    warn: add('warn'),
    error: add('error'),
    fatal: add('fatal'),
    child: (more) => loggerWith(logger, { ...facts, ...more }),
  };
}
