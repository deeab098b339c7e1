/** What vitest's report says about one test: whether the break was noticed, and by what. */
import { patternOf } from './break.ts';

/** An expectation that does not hold. Anything else must be announced by the break, or it may be a slip of the break itself. */
const EXPECTATION = /^(AssertionError|Error: promise (resolved|rejected))/;

/** @returns the results of the named test: several when it is run for each of a list, or is a group of tests */
export function resultsOf(report, { file, title }, folder) {
  const pattern = new RegExp(`^${patternOf({ title })}$`);
  return (report?.testResults ?? [])
    .filter(({ name }) => name === `${folder}/${file}`)
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ title: own, ancestorTitles }) => [own, ...ancestorTitles].some((one) => pattern.test(one)))
    .filter(({ status }) => ['passed', 'failed'].includes(status));
}

/** @returns undefined when the break was caught, else what is wrong */
export function verdictOn(report, { caughtBy, failsWith }, folder) {
  const results = resultsOf(report, caughtBy, folder);
  if (results.length === 0) return `the test did not run: ${firstLine(report?.testResults?.[0]?.message)}`;
  const errors = results.flatMap(({ failureMessages }) => failureMessages.map(firstLine));
  if (errors.length === 0) return 'survived: the test passes';
  const isExpected = (error) =>
    EXPECTATION.test(error) || (failsWith !== undefined && error.includes(failsWith));
  return errors.some(isExpected) ? undefined : `failed for another reason: ${errors[0]}`;
}

const firstLine = (text) => (text ?? 'no report').split('\n')[0];
