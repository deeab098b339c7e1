/** Evaluates vitest's report: whether the named test has caught a break, and with which error. */
import { patternOf } from './break.ts';

/** The errors of a failed expectation. Any other error must be named by the break, because it may come from a mistake in the edit. */
const EXPECTATION = /^(AssertionError|Error: promise (resolved|rejected))/;

/**
 * Finds the results of a test that has run.
 * @returns its results; several when the title is that of `it.each` or of a group
 */
export function resultsOf(report, { file, title }, folder) {
  const pattern = new RegExp(`^${patternOf({ title })}$`);
  return (report?.testResults ?? [])
    .filter(({ name }) => name === `${folder}/${file}`)
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ title: own, ancestorTitles }) => [own, ...ancestorTitles].some((each) => pattern.test(each)))
    .filter(({ status }) => ['passed', 'failed'].includes(status));
}

/**
 * Decides whether the test of a break has failed as expected.
 * @returns undefined when the break was caught, else a description of the problem
 */
export function evaluateBreak(report, { caughtBy, failsWith }, folder) {
  const results = resultsOf(report, caughtBy, folder);
  if (results.length === 0) return `the test did not run: ${firstLine(report?.testResults?.[0]?.message)}`;
  const errors = results.flatMap(({ failureMessages }) => failureMessages.map(firstLine));
  if (errors.length === 0) return 'not caught: the test passes';
  const isExpected = (error) =>
    EXPECTATION.test(error) || (failsWith !== undefined && error.includes(failsWith));
  return errors.some(isExpected) ? undefined : `failed for another reason: ${errors[0]}`;
}

const firstLine = (text) => (text ?? 'vitest wrote no report').split('\n')[0];
