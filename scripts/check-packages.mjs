// What a stranger's bundler and compiler will find in each package: publint and are-the-types-wrong over the packed files.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'rivulet-pack-'));
let failed = 0;
for (const name of ['protocol', 'gateway', 'widget']) {
  const cwd = join(root, 'packages', name);
  const hasPnpm = spawnSync('pnpm', ['--version'], { cwd: tmpdir() }).status === 0;
  const [command, ...before] = hasPnpm ? ['pnpm'] : ['npx', '--yes', '--loglevel=error', packageManager()];
  execFileSync(command, [...before, 'pack', '--pack-destination', folder], {
    cwd,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const tarball = join(
    folder,
    readdirSync(folder).find((file) => file.includes(`-${name}-`)),
  );
  failed += spawnSync('publint', ['--strict', tarball], { stdio: 'inherit' }).status;
  failed += spawnSync(
    'attw',
    [tarball, '--profile', 'esm-only', '--format', 'ascii', '--exclude-entrypoints', ...assets[name]()],
    {
      stdio: 'inherit',
    },
  ).status;
}
rmSync(folder, { recursive: true });
process.exitCode = failed === 0 ? 0 : 1;
