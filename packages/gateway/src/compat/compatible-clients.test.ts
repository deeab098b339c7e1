import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { COMPAT_CLIENTS } from '../testing/compat/compat-clients.ts';
import { COMPAT_SCRIPTS } from '../testing/compat/compat-scripts.ts';
import { describeCompatClient } from '../testing/contracts/compat-contract.ts';

for (const adapter of COMPAT_CLIENTS) describeCompatClient(adapter);

const resolve = createRequire(import.meta.url).resolve;
/** The version of an installed package, whose manifest its exports may hide. */
function versionOf(name: string): string {
  let folder = dirname(resolve(name));
  for (;;) {
    try {
      const { name: found, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
        name?: string;
        version?: string;
      };
      if (found === name && version !== undefined) return version;
    } catch {
      // A folder without a manifest: that of the package is above.
    }
    folder = dirname(folder);
  }
}

describe('docs/compatible-clients.md', () => {
  const text = readFileSync(new URL('../../../../docs/compatible-clients.md', import.meta.url), 'utf8');
  const rows = text.split('\n').filter((line) => line.startsWith('|'));
  const cellsOf = (row: string) => row.split('|').map((cell) => cell.trim());

  it.each(COMPAT_CLIENTS)('has the versions of $name with which it is tested', ({ name, packages }) => {
    const row = rows.map(cellsOf).find(([, client]) => client === name);
    expect(row?.[2]).toBe(packages.map((one) => `\`${one}\` ${versionOf(one)}`).join(', '));
  });

  it('has a result for each situation and each client, which are those of the tests', () => {
    const table = rows
      .map(cellsOf)
      .filter(([, first = '']) => Object.values<string>(COMPAT_SCRIPTS).includes(first));
    expect(table.map(([, first]) => first)).toEqual(Object.values(COMPAT_SCRIPTS));
    for (const row of table) expect(row.slice(2, -1)).toEqual(COMPAT_CLIENTS.map(() => 'pass'));
  });
});
