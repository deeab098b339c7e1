/** Proves that the check of SECURITY.md fails when it should. */
import { describe, expect, it } from 'vitest';
import { faultsOf, titlesIn } from './check-security.ts';

const TEST = "describe('x', () => { it('holds', () => {}); it.each([1])('%s holds', () => {}); });";
const repository = {
  files: ['packages/gateway/src/auth/jwt.ts', 'a.test.ts'],
  read: (path: string) => (path === 'a.test.ts' ? TEST : undefined),
};
const documentOf = (control: string, proof: string) =>
  `# Security\n\n| attacker | control | proved by |\n| --- | --- | --- |\n| a visitor | ${control} | ${proof} |\n`;

describe('SECURITY.md', () => {
  it('passes when each row has a test that exists, and each file exists', () => {
    const proofs = '[holds](a.test.ts); [%s holds](a.test.ts)';
    expect(faultsOf(documentOf('`auth/jwt.ts`, `auth/`', proofs), repository)).toEqual([]);
  });

  it.each([
    [
      'a test whose title has changed',
      '',
      '[held](a.test.ts)',
      'names a test that is not in a.test.ts: held',
    ],
    ['a test file that is gone', '', '[holds](b.test.ts)', 'names a test that is not in b.test.ts: holds'],
    [
      'a file that is gone',
      '`auth/jwk.ts`',
      '[holds](a.test.ts)',
      'names a file that does not exist: auth/jwk.ts',
    ],
    ['a folder that is gone', '`author/`', '[holds](a.test.ts)', 'names a file that does not exist: author/'],
  ])('fails with %s', (_case, control, proof, fault) => {
    expect(faultsOf(documentOf(control, proof), repository)).toEqual([fault]);
  });

  it('fails with a row without a test', () => {
    const document = `${documentOf('', '[holds](a.test.ts)')}| a page | none | none |\n`;
    expect(faultsOf(document, repository)).toEqual(['names no test in the row: | a page | none | none |']);
    expect(faultsOf('# Security\n', repository)).toEqual(['names no test']);
  });
});

it('titles are read however they are written, and those of groups are none', () => {
  const text = "describe('group', () => { test.for(all)(`in ${ms} ms`, f); it('it’s \\'so\\'', f); });";
  expect([...titlesIn(text)]).toEqual(['in ${ms} ms', "it’s 'so'"]);
});
