/** The kinds of value that several settings have. */
import * as v from 'valibot';

/** A text that is not empty. */
export const text = v.pipe(v.string('expected text'), v.minLength(1, 'expected text that is not empty'));
/** A URL with the scheme http or https. */
export const httpUrl = v.pipe(
  text,
  v.check((value) => /^https?:$/.test(URL.parse(value)?.protocol ?? ''), 'expected an http or https URL'),
);
/** A time of at least 1 ms and at most a day. */
export const milliseconds = v.pipe(
  v.number('expected milliseconds'),
  v.integer('expected whole milliseconds'),
  v.minValue(1, 'expected at least 1 ms'),
  v.maxValue(86_400_000, 'expected at most a day, 86400000 ms'),
);
/** A count that is not zero. */
export const positiveInteger = v.pipe(
  v.number('expected a number'),
  v.integer('expected a whole number'),
  v.minValue(1, 'expected at least 1'),
);
/** Whether something is so. */
export const yesOrNo = v.boolean('expected true or false');
