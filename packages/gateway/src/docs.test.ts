/** The README's tables against the code: what is documented is there, and what is there is documented. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { ConfigSchema, ENVIRONMENT, FLAGS, readConfig } from './config.ts';
import { DEFAULT_LIMITS } from './limits.ts';
import { createMetrics } from './metrics.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const readme = read('README.md');

/** The rows of a table whose first column has this title, their cells without the marks of code. */
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

/** All source files below a folder of the widget; read as text, since the gateway imports nothing of it. */
const widgetSource = ['shell', 'ui']
  .flatMap((folder) => filesBelow(`packages/widget/src/${folder}`))
  .join('\n');

function filesBelow(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !/\.test\.|testing/.test(path))
    .map((path) => read(join(folder, path)));
}

describe('the README says of the gateway', () => {
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
});

describe('the README says of the widget', () => {
  it('every attribute', () => {
    const list = /const ATTRIBUTES = \[(.*?)\]/s.exec(widgetSource)?.[1] ?? '';
    expect(sorted(names('attribute'))).toEqual(
      sorted([...list.matchAll(/'([\w-]+)'/g)].map(([, name = '']) => name)),
    );
  });

  it('every event', () => {
    const details = /interface RivuletEventDetails \{(.*?)^\}/ms.exec(widgetSource)?.[1] ?? '';
    const declared = [...details.matchAll(/'(rivulet-[a-z-]+)':/g)].map(([, name = '']) => name);
    expect(sorted(names('event'))).toEqual(sorted(declared));
  });

  it('every custom property', () => {
    const used = [...widgetSource.matchAll(/var\((--rivulet-[a-z-]+)/g)].map(([, name = '']) => name);
    expect(sorted(names('custom property'))).toEqual(sorted(used));
  });

  it('every part', () => {
    const inMarkup = [...widgetSource.matchAll(/part="([^"]+)"/g)].flatMap(([, value = '']) =>
      value.split(' '),
    );
    const inCode = [...widgetSource.matchAll(/setAttribute\('part', '([\w-]+)'\)/g)].map(
      ([, name = '']) => name,
    );
    const roles = inMarkup.some((name) => name.startsWith('${')) ? ['user-message', 'assistant-message'] : [];
    const plain = inMarkup.filter((name) => /^[a-z][a-z-]*$/.test(name));
    const section = /## Which CSS parts can I style\?\n([\s\S]*?)\n## /.exec(readme)?.[1] ?? '';
    const documented = [...section.matchAll(/`([a-z][a-z-]*)`/g)].map(([, name = '']) => name);
    expect(sorted(documented)).toEqual(sorted([...plain, ...inCode, ...roles]));
  });
});

describe('the documents', () => {
  const documents = [
    ...['README.md', 'ARCHITECTURE.md', 'PROTOCOL.md', 'SECURITY.md', 'CONTRIBUTING.md'],
    ...readdirSync(join(root, 'docs/decisions')).map((name) => `docs/decisions/${name}`),
    ...['protocol', 'gateway', 'widget'].map((name) => `packages/${name}/README.md`),
  ];

  it('name every script of the root', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: object }; // the root's own manifest
    const documented = names('script').map((cell) => cell.replace(/^npm (run )?/, ''));
    expect(sorted(documented)).toEqual(sorted(Object.keys(scripts)));
  });

  it.each(documents)('%s: no link leads to a file that is not there', (path) => {
    const links = [...read(path).matchAll(/\]\((?!https?:|#)([^)#\s]+)[^)]*\)/g)].map(
      ([, target = '']) => target,
    );
    const broken = links.filter((target) => !existsSync(join(root, dirname(path), target)));
    expect(broken).toEqual([]);
  });
});
