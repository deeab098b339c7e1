/**
 * Checks that the packages with an install script are those named in `allowBuilds` of pnpm-workspace.yaml. pnpm refuses one that is
 * not named when it installs it; this check also sees what is installed already, and names that no package has any more.
 */
import { existsSync, lstatSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The scripts that a package manager runs when it installs a dependency. */
const INSTALL_SCRIPTS = ['preinstall', 'install', 'postinstall'];

/** A package that wants to run a script when it is installed. */
export interface InstallScript {
  name: string;
  version: string;
  script: string;
}

/** What differs between the names that are allowed and the packages that have an install script: a sentence each. */
export function differencesOf(named: readonly string[], found: readonly InstallScript[]): string[] {
  return [
    ...found
      .filter(({ name }) => !named.includes(name))
      .map(({ name, version, script }) => `${name}@${version} wants to run ${script}: not in allowBuilds`),
    ...named
      .filter((name) => !found.some((entry) => entry.name === name))
      .map((name) => `${name} is in allowBuilds and has no install script: remove it`),
  ];
}

interface Manifest {
  name: string;
  version: string;
  scripts?: Record<string, string>;
}

/** Reads the packages below a virtual store of pnpm (`node_modules/.pnpm`) that have an install script, or a native build. */
export function packagesWithScripts(store: string): InstallScript[] {
  const found = new Map<string, InstallScript>();
  for (const folder of packageFolders(store)) {
    const {
      name,
      version,
      scripts = {},
    } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
    const isNative = existsSync(join(folder, 'binding.gyp'));
    const script = INSTALL_SCRIPTS.find((key) => scripts[key]) ?? (isNative ? 'node-gyp' : undefined);
    if (script !== undefined) found.set(`${name}@${version}`, { name, version, script });
  }
  return [...found.values()];
}

/** In the store each package is a folder beside links to its dependencies. */
function packageFolders(store: string): string[] {
  const below = (folder: string) => readdirSync(folder).map((name) => join(folder, name));
  return below(store)
    .map((entry) => join(entry, 'node_modules'))
    .filter((modules) => existsSync(modules) && !lstatSync(modules).isSymbolicLink())
    .flatMap(below)
    .flatMap((path) => (/[\\/]@[^\\/]+$/.test(path) ? below(path) : [path]))
    .filter((path) => !lstatSync(path).isSymbolicLink() && existsSync(join(path, 'package.json')));
}

/** The names below `allowBuilds`: one line each, as the file has them. */
export const allowedNames = (workspace: string): string[] =>
  [...(/^allowBuilds:\n((?: {2}.+\n)*)/m.exec(workspace)?.[1] ?? '').matchAll(/^ {2}'?([^':]+)'?:/gm)].map(
    ([, name = '']) => name,
  );

function check() {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const named = allowedNames(readFileSync(join(root, 'pnpm-workspace.yaml'), 'utf8'));
  const differences = differencesOf(named, packagesWithScripts(join(root, 'node_modules/.pnpm')));
  for (const difference of differences) process.stderr.write(`${difference}\n`);
  if (differences.length > 0) process.exitCode = 1;
}

if (import.meta.main) check();
