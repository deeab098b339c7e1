// Runs every benchmark of this folder in turn, or those named: `npm run bench -- markdown`. Each prints ratios to a yardstick.
// Flags such as `--full` are passed on.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('.', import.meta.url));
const all = new Map(
  readdirSync(folder)
    .filter((file) => /\.(mjs|ts)$/.test(file) && file !== 'run.mjs')
    .map((file) => [file.replace(/\.\w+$/, ''), file]),
);
const flags = process.argv.slice(2).filter((word) => word.startsWith('--'));
const named = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const unknown = named.filter((name) => !all.has(name));
if (unknown.length > 0) {
  console.error(`no benchmark ${unknown.join(', ')}: one of ${[...all.keys()].join(', ')}`);
  process.exit(1);
}
for (const name of named.length > 0 ? named : all.keys()) {
  console.log(`\n# ${name}`);
  const { status } = spawnSync(process.execPath, [folder + all.get(name), ...flags], { stdio: 'inherit' });
  if (status !== 0) process.exitCode = 1;
}
