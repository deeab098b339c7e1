/** A copy of the working tree to break: its files as they are now, its packages installed by links. */
import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';

const PACKAGES = ['protocol', 'gateway', 'widget'];

/** @returns the folder of the copy, and the way to remove it */
export function createScratch(root) {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'rivulet-breaks-')));
  const known = ['--cached', '--others', '--exclude-standard', '-z'];
  const listed = execFileSync('git', ['ls-files', ...known], { cwd: root, encoding: 'utf8' });
  for (const file of new Set(listed.split('\0'))) {
    if (file === '' || !existsSync(join(root, file))) continue; // deleted and not committed yet
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    copyFileSync(join(root, file), join(folder, file));
  }
  for (const place of ['.', ...PACKAGES.map((name) => join('packages', name))])
    linkModules({
      from: join(root, place, 'node_modules'),
      to: join(folder, place, 'node_modules'),
      root,
      folder,
    });
  return { folder, remove: () => rmSync(folder, { recursive: true }) };
}

/** Entry by entry: what is a folder of the tree, as our own packages are, is the copy's, and so are the caches. */
function linkModules({ from, to, root, folder }) {
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from)) {
    if (name.startsWith('.') && name !== '.bin') continue;
    if (name.startsWith('@')) linkModules({ from: join(from, name), to: join(to, name), root, folder });
    else symlinkSync(placeOf(realpathSync(join(from, name)), root, folder), join(to, name));
  }
}

function placeOf(target, root, folder) {
  const path = relative(realpathSync(root), target);
  const isOurs = !path.startsWith('..') && !path.split('/').includes('node_modules');
  return isOurs ? join(folder, path) : target;
}
