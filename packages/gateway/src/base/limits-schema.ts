/** What the bounds of a gateway may be, in its options and in the configuration of the executable. */
import * as v from 'valibot';
import { milliseconds, positiveInteger } from './setting-values.ts';
import { DEFAULT_LIMITS, type Limits } from './limits.ts';

/** JSON writes a character as up to six, and the longest string of V8 has 512 Mi. */
const MAX_ANSWER_CHARS = 64 * 1024 * 1024;
const ANSWER_PROBLEM = `expected a whole number of characters, 1 to ${MAX_ANSWER_CHARS}`;
/** The length of an answer. */
export const answerChars = v.pipe(
  v.number(ANSWER_PROBLEM),
  v.integer(ANSWER_PROBLEM),
  v.minValue(1, ANSWER_PROBLEM),
  v.maxValue(MAX_ANSWER_CHARS, ANSWER_PROBLEM),
);

/** A visitor waits for each of them. */
const MAX_RETRIES = 5;
const RETRIES_PROBLEM = `expected a whole number, 0 to ${MAX_RETRIES}`;
const retries = v.pipe(
  v.number(RETRIES_PROBLEM),
  v.integer(RETRIES_PROBLEM),
  v.minValue(0, RETRIES_PROBLEM),
  v.maxValue(MAX_RETRIES, RETRIES_PROBLEM),
);

const limitOf = (name: keyof Limits) => {
  if (name === 'maxUpstreamRetries') return retries;
  if (name === 'maxAnswerChars') return answerChars;
  return name.endsWith('Ms') ? milliseconds : positiveInteger;
};
const limitNames = Object.keys(DEFAULT_LIMITS) as (keyof Limits)[]; // Object.keys forgets the key type
/** The `limits` of the gateway, by their names in `Limits`. */
export const LimitsSchema = v.strictObject(
  Object.fromEntries(limitNames.map((name) => [name, v.optional(limitOf(name))])),
  'there is no such limit',
);
