// Writes every generated file of the repository. With --check it writes nothing, names the outdated files and exits with 1.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Each module exports `generate()`, which returns the text of each file by its path from the root. Node strips the types. */
const GENERATORS = [
  'packages/protocol/scripts/generate.ts',
  'packages/widget/scripts/generate.ts',
  'scripts/breaks/generate.ts',
];

const root = new URL('../', import.meta.url);
const isCheck = process.argv.includes('--check');

function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

for (const generator of GENERATORS) {
  const { generate } = await import(new URL(generator, root));
  for (const [path, text] of Object.entries(await generate())) {
    const file = new URL(path, root);
    if (read(file) === text) continue;
    if (isCheck) {
      process.stderr.write(`${path} is outdated; run: node scripts/generate.mjs\n`);
      process.exitCode = 1;
      continue;
    }
    mkdirSync(dirname(file.pathname), { recursive: true });
    writeFileSync(file, text);
    process.stdout.write(`wrote ${path}\n`);
  }
}
