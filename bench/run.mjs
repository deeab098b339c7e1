// Runs all benchmarks of this folder one after the other, or those that are named: `npm run bench -- markdown`. Each compares its
// results with a baseline in the same run. Flags follow the name of the benchmark that understands them:
// `npm run bench -- gateway --only resume`.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('.', import.meta.url));
const all = new Map(
  readdirSync(folder)
    .filter((file) => /\.(mjs|ts)$/.test(file) && file !== 'run.mjs')
    .map((file) => [file.replace(/\.\w+$/, ''), file]),
);
const words = process.argv.slice(2);
const firstFlag = words.findIndex((word) => word.startsWith('-'));
const named = firstFlag < 0 ? words : words.slice(0, firstFlag);
const flags = firstFlag < 0 ? [] : words.slice(firstFlag); // with their values
const unknown = named.filter((name) => !all.has(name));
if (unknown.length > 0) {
  console.error(`unknown benchmark ${unknown.join(', ')}; the benchmarks are ${[...all.keys()].join(', ')}`);
  process.exit(1);
}
if (flags.length > 0 && named.length !== 1) {
  console.error(`${flags[0]}: name one benchmark before its flags, such as: npm run bench -- gateway --full`);
  process.exit(1);
}
for (const name of named.length > 0 ? named : all.keys()) {
  console.log(`\n# ${name}`);
  const { status } = spawnSync(process.execPath, [folder + all.get(name), ...flags], { stdio: 'inherit' });
  if (status !== 0) process.exitCode = 1;
}
