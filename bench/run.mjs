// Runs every benchmark of this folder in turn, or those named: `npm run bench -- markdown`. Each prints ratios to a yardstick.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('.', import.meta.url));
const all = readdirSync(folder).filter((file) => file.endsWith('.mjs') && file !== 'run.mjs');
const names = process.argv.slice(2);
const unknown = names.filter((name) => !all.includes(`${name}.mjs`));
if (unknown.length > 0) {
  console.error(
    `no benchmark ${unknown.join(', ')}: one of ${all.map((file) => file.slice(0, -4)).join(', ')}`,
  );
  process.exit(1);
}
for (const file of names.length > 0 ? names.map((name) => `${name}.mjs`) : all) {
  console.log(`\n# ${file.slice(0, -4)}`);
  const { status } = spawnSync(process.execPath, [folder + file], { stdio: 'inherit' });
  if (status !== 0) process.exitCode = 1;
}
