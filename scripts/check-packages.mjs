// What a stranger's bundler and compiler will find in each package: publint and are-the-types-wrong over the packed files.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
/** Entry points that are files to fetch or to read, not modules to import. */
const ASSETS = {
  protocol: ['./golden/*', './schema/*'],
  gateway: [],
  widget: ['./cdn/*', './custom-elements.json'],
};

function pnpm() {
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const has = spawnSync('pnpm', ['--version'], { cwd: tmpdir() }).status === 0;
  return has ? ['pnpm'] : ['npx', '--yes', '--loglevel=error', packageManager];
}

const [command, ...words] = pnpm();
const folder = mkdtempSync(join(tmpdir(), 'rivulet-pack-'));
let failures = 0;
const check = (tool, args) => {
  if (spawnSync(tool, args, { stdio: ['ignore', 'inherit', 'inherit'] }).status !== 0) failures += 1;
};
for (const [name, assets] of Object.entries(ASSETS)) {
  const cwd = join(root, 'packages', name);
  execFileSync(command, [...words, 'pack', '--pack-destination', folder], {
    cwd,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const tarball = join(
    folder,
    readdirSync(folder).find((file) => file.includes(`-${name}-`)),
  );
  check('publint', [tarball, '--strict']);
  const excluded = assets.length === 0 ? [] : ['--exclude-entrypoints', ...assets];
  check('attw', [tarball, '--profile', 'esm-only', '--format', 'ascii', ...excluded]);
}
rmSync(folder, { recursive: true });
process.exitCode = failures === 0 ? 0 : 1;
