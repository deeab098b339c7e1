/** Reads when an upstream says that it may be asked again, from its headers and its reports. Pure. */
import { record } from './json-fields.ts';

const SECOND_MS = 1_000;
/** Seconds of the units that durations are written in: `1h2m3.5s`, `250ms`. */
const UNIT_MS = { h: 3_600_000, m: 60_000, s: SECOND_MS, ms: 1 } as const;
/** Numbers above it are times since 1970: in seconds up to the year 5138, in milliseconds above. */
const EPOCH_SECONDS_MIN = 1e9;
const EPOCH_MS_MIN = 1e11;

/**
 * Reads `Retry-After` (seconds, or an HTTP date), or `retry-after-ms` of OpenAI and `x-ms-retry-after-ms` of Azure, which are exact.
 * @returns milliseconds from `nowMs`; undefined when no header can be read
 */
export function readRetryAfterMs(headers: Headers | undefined, nowMs: number): number | undefined {
  const value = (name: string) => headers?.get(name)?.trim() ?? '';
  for (const name of ['retry-after-ms', 'x-ms-retry-after-ms'])
    if (isNumber(value(name))) return Math.ceil(Number(value(name)));
  const after = value('retry-after');
  if (isNumber(after)) return Math.ceil(Number(after) * SECOND_MS);
  return dateMs(after, nowMs) ?? durationMs(after);
}

/**
 * Reads when a limit that is used up starts anew, from the headers that upstreams send with every response: `x-ratelimit-reset-*`
 * of OpenAI and Groq, `anthropic-ratelimit-*-reset`, `x-ratelimit-reset` and `ratelimit-reset`. Only for a response that says that
 * a limit was exceeded: on others they say nothing about waiting.
 * @returns milliseconds from `nowMs`, of the limits of which nothing remains, else of the one that starts anew first
 */
export function readLimitResetMs(headers: Headers | undefined, nowMs: number): number | undefined {
  const delays: number[] = [];
  const usedUp: number[] = [];
  for (const [name, value] of headers ?? []) {
    const delayMs = RESET.test(name) ? resetMs(value.trim(), nowMs) : undefined;
    if (delayMs === undefined) continue;
    delays.push(delayMs);
    const remaining = headers?.get(name.replace('reset', 'remaining'))?.trim() ?? '';
    if (isNumber(remaining) && Number(remaining) === 0) usedUp.push(delayMs);
  }
  if (usedUp.length > 0) return Math.max(...usedUp);
  return delays.length > 0 ? Math.min(...delays) : undefined;
}

const RESET = /^(x-|anthropic-)?ratelimit-(.*-)?reset(-.*)?$/;

/** A time since 1970, a date, `6m0s`, or seconds. */
function resetMs(text: string, nowMs: number): number | undefined {
  if (!isNumber(text)) return dateMs(text, nowMs) ?? durationMs(text);
  const value = Number(text);
  return value > EPOCH_SECONDS_MIN ? epochDelayMs(value, nowMs) : Math.ceil(value * SECOND_MS);
}

/** A delay in the fields of a report: Google's `RetryInfo`, OpenRouter's copy of the headers, and the names that relays use. */
export function retryDelayMs(fields: Readonly<Record<string, unknown>>, nowMs: number): number | undefined {
  const { retryDelay, retry_after_ms: exact, retry_after: seconds, retryAfter, headers } = fields;
  if (typeof exact === 'number' && exact >= 0) return Math.ceil(exact);
  for (const value of [seconds, retryAfter])
    if (typeof value === 'number' && value >= 0) return Math.ceil(value * SECOND_MS);
  if (typeof retryDelay === 'string') return durationMs(retryDelay);
  return resetDelayMs(record(headers), nowMs);
}

/** A delay in an error text: "Please try again in 7.66s", "Please retry after 26 seconds", "retry in 1h2m". */
export function retryDelayIn(words: string): number | undefined {
  const phrase =
    /(?:try again|retry|retry-after|wait)\s*(?:in|after|for|:)?\s+((?:[\d.]+\s*(?:ms|h|m|s)[a-z]*\s*)+)/i;
  const [, duration] = phrase.exec(words) ?? [];
  return duration === undefined ? undefined : durationMs(duration);
}

/** `X-RateLimit-Reset` is a time since 1970. */
function resetDelayMs(headers: Readonly<Record<string, unknown>>, nowMs: number): number | undefined {
  const reset = Number(headers['X-RateLimit-Reset']);
  return reset > EPOCH_SECONDS_MIN ? epochDelayMs(reset, nowMs) : undefined;
}

const epochDelayMs = (atTime: number, nowMs: number): number =>
  Math.max(0, (atTime > EPOCH_MS_MIN ? atTime : atTime * SECOND_MS) - nowMs);

const isNumber = (text: string): boolean => /^\d+(\.\d+)?$/.test(text);

/** Date.parse accepts almost any text as a date, even "-5"; an HTTP date contains the name of a month, an ISO date a T. */
function dateMs(text: string, nowMs: number): number | undefined {
  const atMs = /[a-z]{3}|\dT\d/i.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(atMs) ? undefined : Math.max(0, atMs - nowMs);
}

/** `1h2m3.5s`, `250ms`, `26 seconds`. */
function durationMs(text: string): number | undefined {
  let totalMs: number | undefined;
  for (const [, amount = '', unit = ''] of text.matchAll(/(\d+(?:\.\d+)?)\s*(ms|h|m|s)/gi))
    totalMs = (totalMs ?? 0) + Number(amount) * UNIT_MS[unit.toLowerCase() as keyof typeof UNIT_MS]; // of the pattern
  return totalMs === undefined ? undefined : Math.ceil(totalMs);
}
