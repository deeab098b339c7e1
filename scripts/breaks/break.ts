/** What a deliberate break is: a change of the code that takes an invariant away, and the test that must notice. */

/** A test, or a group of them, by the file that is run and its title, word for word as it is written, placeholders included. */
export interface TestName {
  file: string;
  title: string;
  /** Where the title is written when that is another file: a contract suite. */
  writtenIn?: string;
}

export interface Break {
  /** What is wrong then, in words. */
  means: string;
  file: string;
  /** Each text stands once in the file; the code with all of them replaced still runs. */
  edits: readonly (readonly [text: string, by: string])[];
  caughtBy: TestName;
  /** How the test fails when no expectation of its own does: a part of its error. */
  failsWith?: string;
}

/** One of PROTOCOL.md §17. */
export interface Invariant {
  number: number;
  says: string;
  breaks: readonly Break[];
  /** Tests that prove it too, beside those that catch a break. */
  alsoProvedBy?: readonly TestName[];
}

/** @throws {Error} a text that does not stand in the file, or stands there more than once */
export function withEdits(text: string, edits: Break['edits']): string {
  return edits.reduce((sofar, [from, to]) => {
    if (sofar.split(from).length !== 2) throw new Error(`not there exactly once: ${from}`);
    return sofar.replace(from, () => to);
  }, text);
}

/** Names the tests of one file. @param writtenIn the contract suite in which their titles stand */
export function testsOf(file: string, writtenIn?: string): (title: string) => TestName {
  return (title) => ({ file, title, ...(writtenIn === undefined ? {} : { writtenIn }) });
}

/** %s, %i, $name and ${expression}: what a runner puts something else in for. */
const PLACEHOLDERS = /%[a-z]|\$\{[^}]*\}|\$\w+/g;

/** The source of a pattern for the title as the runner prints it. */
export function patternOf({ title }: TestName): string {
  return title
    .split(PLACEHOLDERS)
    .map((part) => part.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&'))
    .join('.*');
}

/** `gateway/join.test.ts`: a file without the folders that all have in common. */
export function shortName(file: string): string {
  return file.replace(/^packages\/(\w+)\/src\//, '$1/');
}
