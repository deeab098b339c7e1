/** Checks the tables of the README against the code, in both directions, and the links of all documents. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { IdentitySchema } from './cli/config-identity.ts';
import { ConfigSchema } from './cli/config.ts';
import { readConfig } from './cli/read-config.ts';
import { ENVIRONMENT, FLAGS } from './cli/config-settings.ts';
import { RequestSettingsSchema } from './providers/request-settings.ts';
import { createMetrics, DEFAULT_LIMITS } from './base/index.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const readme = read('README.md');

/** The rows of the table whose first column has this title; backticks are removed from the cells. */
function rowsOf(title: string, occurrence = 0): string[][] {
  const tables = readme.split(/\n{2,}/).filter((block) => new RegExp(`^\\| ${title} +\\|`).test(block));
  const lines = tables[occurrence]?.split('\n').slice(2) ?? [];
  return lines.map((line) => cellsOf(line));
}

const cellsOf = (line: string) =>
  line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim().replaceAll('`', ''));
const names = (title: string, occurrence = 0) => rowsOf(title, occurrence).map(([name = '']) => name);
const defaultOf = (title: string, name: string) =>
  rowsOf(title)
    .find(([first]) => first === name)
    ?.at(-1);
const sorted = (words: Iterable<string>) => [...new Set(words)].sort();

/** What is read of a metric. */
interface DeclaredMetric {
  name: string;
  type: string;
  help: string;
  labelNames?: string[];
}

describe('the README documents', () => {
  const defaults = readConfig({ environment: {}, flags: {} });

  it('every environment variable, with its default', () => {
    expect(sorted(names('variable'))).toEqual(sorted(Object.keys(ENVIRONMENT)));
    expect(defaultOf('variable', 'PORT')).toBe(String(defaults.port));
    expect(defaultOf('variable', 'HOST')).toBe(defaults.host);
    expect(defaultOf('variable', 'RIVULET_MODEL')).toBe(defaults.provider.model);
    expect(defaultOf('variable', 'RIVULET_DATA')).toBe(defaults.dataFolder);
    expect(defaultOf('variable', 'LOG_LEVEL')).toBe(defaults.logLevel);
  });

  it('every flag', () => {
    const documented = names('flag').flatMap((cell) => /^--([\w-]+)/.exec(cell)?.[1] ?? []);
    expect(sorted(documented)).toEqual(sorted([...Object.keys(FLAGS), 'config', 'help', 'version']));
  });

  it('every key of the configuration file, and its default', () => {
    const { provider, ...others } = ConfigSchema.entries;
    const keys = [
      ...Object.keys(others),
      ...Object.keys(provider.wrapped.entries).map((key) => `provider.${key}`),
    ];
    expect(sorted(names('key', 0))).toEqual(sorted(keys));
    for (const key of ['host', 'port', 'dataFolder', 'logLevel', 'demoPage'] as const)
      expect(defaultOf('key', key)).toBe(JSON.stringify(defaults[key]));
  });

  it('every key of a site', () => {
    expect(sorted(names('key', 1))).toEqual(
      sorted(Object.keys(ConfigSchema.entries.sites.wrapped.pipe[0].item.entries)),
    );
  });

  it('every setting of a request', () => {
    const documented = sorted(names('request setting'));
    expect(documented).toEqual(sorted(Object.keys(RequestSettingsSchema.pipe[0].entries)));
  });

  it('every key of an identity', () => {
    expect(sorted(names('identity key'))).toEqual(sorted(Object.keys(IdentitySchema.pipe[0].entries)));
  });

  it('every limit, with its default', () => {
    const documented = [...rowsOf('limit', 0), ...rowsOf('limit', 1)].map(([name = '', value = '']) => [
      name,
      Number(/^[\d,]+/.exec(value)?.[0].replaceAll(',', '')),
    ]);
    expect(Object.fromEntries(documented)).toEqual(DEFAULT_LIMITS);
  });

  it('every metric', async () => {
    const all = await createMetrics().registry.getMetricsAsJSON();
    const ours = all.map(({ name }) => name).filter((name) => name.startsWith('rivulet_'));
    expect(sorted(names('metric'))).toEqual(sorted(ours));
  });

  it('the kind and the labels of every metric, and docs/telemetry.md its meaning', () => {
    const documented = rowsOf('metric').map(([name = '', kind = '', labels = '']) => ({
      ...{ name, kind },
      labels: labels
        .split(/[:;]/)[0]
        ?.split(',')
        .map((label) => label.trim())
        .filter((label) => label !== ''),
    }));
    // prom-client does not declare the names of labels.
    const all = createMetrics().registry.getMetricsAsArray() as unknown as DeclaredMetric[];
    const ours = all.filter(({ name }) => name.startsWith('rivulet_'));
    const byName = (one: { name: string }, other: { name: string }) => (one.name < other.name ? -1 : 1);
    expect(documented.toSorted(byName)).toEqual(
      ours
        .map(({ name, type, labelNames = [] }) => ({ name, kind: type, labels: labelNames }))
        .toSorted(byName),
    );
    const telemetry = read('docs/telemetry.md');
    const meanings = [...telemetry.matchAll(/^\| `(rivulet_\w+)` +\| (.*?) +\|$/gm)].map(
      ([, name = '', help = '']) => ({ name, help }),
    );
    expect(meanings.toSorted(byName)).toEqual(
      ours.map(({ name, help }) => ({ name, help })).toSorted(byName),
    );
  });
});

describe('the documents', () => {
  const documents = [
    ...['README.md', 'ARCHITECTURE.md', 'PROTOCOL.md', 'SECURITY.md', 'CONTRIBUTING.md'],
    ...['docs', 'docs/decisions'].flatMap((folder) =>
      readdirSync(join(root, folder))
        .filter((name) => name.endsWith('.md'))
        .map((name) => `${folder}/${name}`),
    ),
    ...['cluster', 'grafana', 'kubernetes', 'prometheus'].map((name) => `examples/${name}/README.md`),
    ...['protocol', 'gateway', 'widget'].map((name) => `packages/${name}/README.md`),
  ];

  it('name every script of the root package', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: object }; // the root's own manifest
    const documented = names('script').map((cell) => cell.replace(/^npm (run )?/, ''));
    expect(sorted(documented)).toEqual(sorted(Object.keys(scripts)));
  });

  it.each(documents)('%s: every relative link leads to an existing file', (path) => {
    const links = [...read(path).matchAll(/\]\((?!https?:|#)([^)#\s]+)[^)]*\)/g)].map(
      ([, target = '']) => target,
    );
    const broken = links.filter((target) => !existsSync(join(root, dirname(path), target)));
    expect(broken).toEqual([]);
  });
});
