/** Which command runs pnpm: the installed one, or the pinned version through npx. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';

/** The command and its first arguments. */
export function pnpmCommand(): [string, ...string[]] {
  const manifest = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  const { packageManager } = JSON.parse(manifest) as { packageManager: string };
  const isInstalled = spawnSync('pnpm', ['--version'], { cwd: tmpdir() }).status === 0;
  return isInstalled ? ['pnpm'] : ['npx', '--yes', '--loglevel=error', packageManager];
}
