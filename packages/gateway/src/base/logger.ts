/** Structured logs: JSON in production, readable text in a terminal. Message texts and credentials appear at no level. */
import { pino, stdTimeFunctions } from 'pino';
import { hasPackage } from './optional-package.ts';

/** A logger. Each call takes the fields first and a sentence second. */
export interface Logger {
  trace(facts: object, sentence: string): void;
  debug(facts: object, sentence: string): void;
  info(facts: object, sentence: string): void;
  warn(facts: object, sentence: string): void;
  error(facts: object, sentence: string): void;
  fatal(facts: object, sentence: string): void;
  /** A logger that adds these fields to each of its lines. */
  child(facts: object): Logger;
}

/** The levels, most verbose first. */
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
/** One of `LOG_LEVELS`. */
export type LogLevel = (typeof LOG_LEVELS)[number];

/** The values of these keys are redacted, down to two levels of nesting, in case code logs them by mistake. */
const REDACTED = ['token', 'authorization', 'apiKey', 'secret', 'text', 'parts', 'headers'].flatMap((key) => [
  key,
  `*.${key}`,
  `*.*.${key}`,
]);

/** Options of `createLogger`. */
export interface LoggerOptions {
  level: LogLevel;
  /** `json`: one object per line. `pretty`: readable text for a terminal, or JSON when the package `pino-pretty` is not installed. */
  format: 'json' | 'pretty';
}

/** Creates the logger of the gateway, which writes to standard output. */
export function createLogger({ level, format }: LoggerOptions): Logger {
  return pino({
    level,
    timestamp: stdTimeFunctions.isoTime,
    base: null, // no pid and no host name: log collectors add their own
    redact: { paths: REDACTED },
    ...(format === 'pretty' && hasPackage('pino-pretty')
      ? {
          transport: {
            target: 'pino-pretty',
            options: { translateTime: 'HH:MM:ss.l', ignore: 'pid,hostname' },
          },
        }
      : {}),
  });
}

/** A logger that writes nothing. */
export const silentLogger: Logger = pino({ level: 'silent' });
