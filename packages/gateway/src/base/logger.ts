/** Structured logs: JSON in production, pretty in a terminal. No message text and no credential below trace. */
import { pino, stdTimeFunctions } from 'pino';

/** What the rooms need of a logger: an object of facts first, a sentence second. */
export interface Logger {
  trace(facts: object, sentence: string): void;
  debug(facts: object, sentence: string): void;
  info(facts: object, sentence: string): void;
  warn(facts: object, sentence: string): void;
  error(facts: object, sentence: string): void;
  fatal(facts: object, sentence: string): void;
  child(facts: object): Logger;
}

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Wherever such a key stands in the facts, its value is not written: a second net under the rule of the first line. */
const REDACTED = ['token', 'authorization', 'apiKey', 'secret', 'text', 'parts', 'headers'].flatMap((key) => [
  key,
  `*.${key}`,
  `*.*.${key}`,
]);

export interface LoggerOptions {
  level: LogLevel;
  /** `pretty` is for a person at a terminal. */
  format: 'json' | 'pretty';
}

export function createLogger({ level, format }: LoggerOptions): Logger {
  return pino({
    level,
    timestamp: stdTimeFunctions.isoTime,
    base: null, // no pid, no host: the platform that gathers logs adds its own
    redact: {
      paths:
        level === 'trace' ? ['token', '*.token', 'authorization', '*.authorization', 'apiKey'] : REDACTED,
    },
    ...(format === 'pretty'
      ? {
          transport: {
            target: 'pino-pretty',
            options: { translateTime: 'HH:MM:ss.l', ignore: 'pid,hostname' },
          },
        }
      : {}),
  });
}

export const silentLogger: Logger = pino({ level: 'silent' });
