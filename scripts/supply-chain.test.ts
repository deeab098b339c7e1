/** Proves that the checks of dependencies fail when they should. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { verdictOf } from './audit.ts';
import { allowedNames, differencesOf, packagesWithScripts } from './check-install-scripts.ts';
import { faultsOf, faultsOfBundle } from './sbom.ts';

/** A store of pnpm with one package, which has these scripts. */
function storeWith(name: string, scripts: Record<string, string>): string {
  const store = mkdtempSync(join(tmpdir(), 'rivulet-store-'));
  onTestFinished(() => {
    rmSync(store, { recursive: true });
  });
  const folder = join(store, `${name.replace('/', '+')}@1.0.0`, 'node_modules', name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name, version: '1.0.0', scripts }));
  return store;
}

describe('install scripts', () => {
  it.each(['preinstall', 'install', 'postinstall'])(
    'a package with a %s script fails the check unless it is named',
    (script) => {
      const found = packagesWithScripts(storeWith('@new/package', { [script]: 'node fetch.js' }));
      expect(differencesOf([], found)).toEqual([
        `@new/package@1.0.0 wants to run ${script}: not in allowBuilds`,
      ]);
      expect(differencesOf(['@new/package'], found)).toEqual([]);
    },
  );

  it('a package without one passes, and must not be named', () => {
    const found = packagesWithScripts(storeWith('calm', { test: 'node test.js', prepare: 'tsc' }));
    expect(differencesOf([], found)).toEqual([]);
    expect(differencesOf(['calm'], found)).toEqual([
      'calm is in allowBuilds and has no install script: remove it',
    ]);
  });

  it('reads the names of the list and nothing after it', () => {
    const workspace = "a: 1\nallowBuilds:\n  esbuild: false\n  '@a/b': false\n\ncatalog:\n  c: 1\n";
    expect(allowedNames(workspace)).toEqual(['esbuild', '@a/b']);
  });
});

describe('the list of what a package ships (SBOM)', () => {
  const component = {
    type: 'library',
    name: 'dependency',
    version: '1.0.0',
    licenses: [{ license: { id: 'MIT' } }],
    externalReferences: [
      {
        type: 'distribution',
        url: 'https://a.example/',
        hashes: [{ alg: 'SHA-512', content: 'a'.repeat(128) }],
      },
    ],
  };
  const listOf = (components: unknown[]) =>
    JSON.stringify({
      bomFormat: 'CycloneDX',
      specVersion: '1.6',
      metadata: { component: { type: 'library', group: '@rivulet', name: 'gateway' } },
      components,
    });
  const manifest = { name: '@rivulet/gateway', dependencies: { dependency: '1.0.0' } };

  it('passes with every dependency, licence and hash', async () => {
    expect(await faultsOf(listOf([component]), manifest)).toEqual([]);
  });

  it.each([
    ['a dependency that is missing', [], /does not name the dependency dependency/],
    [
      'a licence that is not allowed',
      [{ ...component, licenses: [{ license: { id: 'GPL-3.0-only' } }] }],
      /under GPL-3.0-only/,
    ],
    ['no licence', [{ ...component, licenses: [] }], /without a licence/],
    ['no hash', [{ ...component, externalReferences: [] }], /without a hash/],
    ['what the schema does not know', [{ ...component, type: 'wish' }], /is not CycloneDX 1\.6/],
  ])('fails with %s', async (_case, components, fault) => {
    const faults = await faultsOf(listOf(components), manifest);
    expect(faults).toEqual([expect.stringMatching(fault)]);
  });

  it('names what is bundled, and fails with what it does not name, or without a word about the bundle', () => {
    const lists = [listOf([]), listOf([component])];
    expect(faultsOfBundle('Name: dependency\nVersion: 1.0.0\n', lists)).toEqual([]);
    expect(faultsOfBundle('Name: dependency\n---\nName: @other/one\n', lists)).toEqual([
      'does not name @other/one, which is bundled',
    ]);
    expect(faultsOfBundle('', lists)).toEqual(['is without the licences of what is bundled']);
  });
});

describe('the audit', () => {
  const answer = (counts: Record<string, number>) =>
    JSON.stringify({
      advisories: { 1: { severity: 'high', module_name: 'bad', title: 'Hole', url: 'https://a.example/1' } },
      metadata: {
        vulnerabilities: { low: 0, moderate: 0, high: 0, critical: 0, ...counts },
        totalDependencies: 8,
      },
    });

  it('passes when nothing is high or critical', () => {
    expect(verdictOf(answer({ low: 2, moderate: 1 })).exitCode).toBe(0);
  });

  it.each(['high', 'critical'])('fails with 1 when a finding is %s, and names it', (severity) => {
    const { exitCode, text } = verdictOf(answer({ [severity]: 1 }));
    expect(exitCode).toBe(1);
    expect(text).toContain('high bad: Hole (https://a.example/1)');
  });

  it.each([
    ['an error of the registry', 'Error: ERR_PNPM_AUDIT_BAD_RESPONSE'],
    ['nothing', ''],
    ['an answer without counts', '{}'],
    ['no packages', JSON.stringify({ metadata: { vulnerabilities: {}, totalDependencies: 0 } })],
  ])('fails with 2, and says that nothing was checked, after %s', (_case, output) => {
    const { exitCode, text } = verdictOf(output);
    expect(exitCode).toBe(2);
    expect(text).toContain('NOT CHECKED');
  });
});
