/**
 * Keeps the packed packages of a built checkout in e2e/releases, in place of those that are there: the gateways that the next version
 * has to work with. Usage: `node scripts/keep-release.ts [folder of the checkout]`.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PACKAGES, type PackageName } from './packed-packages.ts';
import { pnpmCommand } from './pnpm.ts';

/** What no running gateway reads: it is two thirds of a package. */
const NOT_RUN = ['*.map', '*.d.ts', '*.br', '.tsbuildinfo', 'package/src', 'package/golden'];
/** The same content gives the same file, whenever it is packed and by whom. */
const REPRODUCIBLE = ['--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner'];

const releases = fileURLToPath(new URL('../e2e/releases/', import.meta.url));
const checkout = resolve(process.argv[2] ?? fileURLToPath(new URL('..', import.meta.url)));
const [pnpm, ...pnpmArgs] = pnpmCommand();
const temporary = mkdtempSync(join(tmpdir(), 'rivulet-release-'));

const { version } = JSON.parse(readFileSync(join(checkout, 'packages/gateway/package.json'), 'utf8')) as {
  version: string;
}; // the gateway's own manifest
const commit = execFileSync('git', ['rev-parse', 'HEAD'], { cwd: checkout, encoding: 'utf8' }).trim();
for (const entry of readdirSync(releases, { withFileTypes: true }))
  if (entry.isDirectory()) rmSync(join(releases, entry.name), { recursive: true });
const target = join(releases, version);
mkdirSync(target, { recursive: true });
const kept = PACKAGES.map(keep);
writeFileSync(join(target, 'release.json'), `${JSON.stringify({ version, commit }, null, 2)}\n`);
rmSync(temporary, { recursive: true });
process.stdout.write(`${version} of ${commit}: ${kept.join(', ')}\n`);

/** Packs one package as for the registry, and writes what runs of it. @returns its name and size */
function keep(name: PackageName): string {
  const folder = join(temporary, name);
  const run = (command: string, args: string[], cwd: string) =>
    execFileSync(command, args, { cwd, stdio: ['ignore', 'ignore', 'inherit'] });
  run(pnpm, [...pnpmArgs, 'pack', '--pack-destination', folder], join(checkout, 'packages', name));
  const [packed = ''] = readdirSync(folder);
  const excluded = NOT_RUN.map((pattern) => `--exclude=${pattern}`);
  run('tar', ['-xzf', packed, ...excluded], folder);
  const file = join(target, `${name}.tgz`);
  run('tar', [...REPRODUCIBLE, '-I', 'gzip -9n', '-cf', file, 'package'], folder);
  return `${name} ${Math.ceil(statSync(file).size / 1024)} kB`;
}
