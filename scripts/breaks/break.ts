/** A deliberate break is a mutation of the code that violates an invariant, with the test that must fail because of it. */

/** A test or a group of tests, identified by the file to run and the title as it is written there, including placeholders. */
export interface TestName {
  /** The test file to run, as a path from the root of the repository. */
  file: string;
  /** The title in the source, word for word. */
  title: string;
  /** The file that contains the title, when it is not `file`: a contract suite. */
  writtenIn?: string;
}

/** One mutation of the code. */
export interface Break {
  /** How the broken code behaves. */
  description: string;
  /** The file to change, as a path from the root of the repository. */
  file: string;
  /** Replacements. Each text occurs exactly once in the file, and the changed code still compiles and runs. */
  edits: readonly (readonly [text: string, replacement: string])[];
  /** The test that must fail. */
  caughtBy: TestName;
  /** A part of the test's error message, when the test fails with an error other than a failed expectation. */
  failsWith?: string;
}

/** An invariant of PROTOCOL.md §17. */
export interface Invariant {
  number: number;
  /** The invariant in one sentence. */
  statement: string;
  breaks: readonly Break[];
  /** Further tests that prove the invariant and catch no listed break. */
  alsoProvedBy?: readonly TestName[];
}

/** Applies the replacements to a text. @throws {Error} when a text does not occur exactly once */
export function withEdits(text: string, edits: Break['edits']): string {
  return edits.reduce((edited, [from, to]) => {
    const count = edited.split(from).length - 1;
    if (count !== 1) throw new Error(`the text to replace occurs ${count} times instead of once: ${from}`);
    return edited.replace(from, () => to);
  }, text);
}

/** Creates a function that names tests of one file. @param writtenIn the contract suite that contains their titles */
export function testsOf(file: string, writtenIn?: string): (title: string) => TestName {
  return (title) => ({ file, title, ...(writtenIn === undefined ? {} : { writtenIn }) });
}

/** %s, %i, $name and ${expression}: placeholders that the test runner fills in. */
const PLACEHOLDERS = /%[a-z]|\$\{[^}]*\}|\$\w+/g;

/** @returns the source of a regular expression that matches the title with its placeholders filled in */
export function patternOf({ title }: TestName): string {
  return title
    .split(PLACEHOLDERS)
    .map((part) => part.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&'))
    .join('.*');
}

/** Shortens a path for display: `packages/gateway/src/a.ts` becomes `gateway/a.ts`. */
export function shortName(file: string): string {
  return file.replace(/^packages\/(\w+)\/src\//, '$1/');
}
