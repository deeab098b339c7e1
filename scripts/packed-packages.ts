/** Puts packed packages into a `node_modules` folder as a site that installs them gets them, without a registry. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, realpathSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The published packages, by their name without the scope. */
export const PACKAGES = ['protocol', 'gateway', 'widget'] as const;
/** One of `PACKAGES`. */
export type PackageName = (typeof PACKAGES)[number];

const root = fileURLToPath(new URL('..', import.meta.url));

/** What is read of a manifest. */
interface Manifest {
  dependencies?: Record<string, string>;
}

/**
 * Unpacks the packages and links what they require to the packages that this workspace has installed. These may be newer than those
 * that the manifests name.
 * @param modules the path of the `node_modules` folder, which is created
 * @param tarballs the path of each packed package
 * @param optional packages that are linked too, such as `pg`
 * @throws {Error} naming a required package that the workspace has not installed
 */
export function unpackPackages(
  modules: string,
  tarballs: Readonly<Record<PackageName, string>>,
  optional: readonly string[] = [],
): void {
  const required = new Set(optional);
  for (const name of PACKAGES) {
    const target = join(modules, '@rivulet', name);
    mkdirSync(target, { recursive: true });
    execFileSync('tar', ['-xzf', tarballs[name], '-C', target, '--strip-components=1']);
    const manifest = JSON.parse(readFileSync(join(target, 'package.json'), 'utf8')) as Manifest; // written by pnpm
    for (const dependency of Object.keys(manifest.dependencies ?? {})) required.add(dependency);
  }
  for (const name of required) link(join(modules, name), name);
}

function link(path: string, name: string): void {
  if (existsSync(path)) return;
  const installed = PACKAGES.map((one) => join(root, 'packages', one, 'node_modules', name)).find(existsSync);
  if (installed === undefined)
    throw new Error(`The packed packages require ${name}, which is not installed.`);
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(realpathSync(installed), path);
}
