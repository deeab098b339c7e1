/**
 * Checks what SECURITY.md claims: each row of its tables names at least one test, each test that it names exists under its title,
 * and each file. So a control cannot lose its proof unnoticed.
 */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

/** What the check reads of the repository. */
export interface Repository {
  /** The text of a file; undefined when there is none. */
  read: (path: string) => string | undefined;
  /** The paths of all files of the sources. */
  files: readonly string[];
}

/** What is wrong with the document: a sentence each. */
export function faultsOf(document: string, { read, files }: Repository): string[] {
  const titles = new Map<string, Set<string>>();
  const hasTest = (path: string, title: string) => {
    const known = titles.get(path) ?? titlesIn(read(path) ?? '');
    titles.set(path, known);
    return known.has(title);
  };
  const tests = testsIn(document);
  const claims = rowsIn(document).filter((row) => testsIn(row).length === 0);
  const missing = pathsIn(document).filter((path) => !exists(path, files));
  return [
    ...(tests.length === 0 ? ['names no test'] : []),
    ...claims.map((row) => `names no test in the row: ${row}`),
    ...tests
      .filter(({ path, title }) => !hasTest(path, title))
      .map(({ path, title }) => `names a test that is not in ${path}: ${title}`),
    ...missing.map((path) => `names a file that does not exist: ${path}`),
  ];
}

/** The links to tests: `[title](path)`. */
export const testsIn = (text: string): { title: string; path: string }[] =>
  [...text.matchAll(/\[([^\]]+)\]\(([^)]+\.test\.ts)\)/g)].map(([, title = '', path = '']) => ({
    title,
    path,
  }));

/** The rows of the tables that have a column of proofs. */
function rowsIn(document: string): string[] {
  const tables = document.split(/\n{2,}/).filter((block) => /^\|.*\| proved by +\|$/m.test(block));
  return tables.flatMap((table) =>
    table
      .split('\n')
      .filter((line) => line.startsWith('|'))
      .slice(2),
  );
}

/** The paths in backticks, which are written from the folder of their package's sources, or from one within it. */
const pathsIn = (document: string): string[] =>
  [...document.matchAll(/`((?:[\w-]+\/)*[\w-]+(?:\.[\w-]+)*\.(?:ts|mjs)|(?:[\w-]+\/)+)`/g)].map(
    ([, path = '']) => path,
  );

const exists = (path: string, files: readonly string[]): boolean =>
  files.some((file) =>
    path.endsWith('/') ? `/${file}`.includes(`/${path}`) : file === path || file.endsWith(`/${path}`),
  );

/** The titles of tests in a file, as they are written there: placeholders stay. */
export function titlesIn(text: string): Set<string> {
  const titles = new Set<string>();
  const visit = (node: ts.Node) => {
    if (ts.isCallExpression(node) && /^(it|test)\b/.test(node.expression.getText())) {
      const [title] = node.arguments;
      if (title !== undefined && ts.isStringLiteralLike(title)) titles.add(title.text);
      else if (title !== undefined && ts.isTemplateExpression(title))
        titles.add(title.getText().slice(1, -1));
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile('a.test.ts', text, ts.ScriptTarget.Latest, true));
  return titles;
}

function check() {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const files = globSync(['packages/*/src/**/*.{ts,mjs}', 'e2e/*.ts', 'scripts/*.{ts,mjs}'], { cwd: root });
  const read = (path: string) => (files.includes(path) ? readFileSync(join(root, path), 'utf8') : undefined);
  const document = readFileSync(join(root, 'SECURITY.md'), 'utf8');
  const faults = faultsOf(document, { read, files });
  for (const fault of faults) process.stderr.write(`SECURITY.md ${fault}\n`);
  if (faults.length > 0) process.exitCode = 1;
  else
    process.stdout.write(
      `SECURITY.md: ${rowsIn(document).length} threats, ${testsIn(document).length} tests\n`,
    );
}

if (import.meta.main) check();
