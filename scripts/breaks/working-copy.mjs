/** Copies the working tree, including uncommitted changes, so that the code can be changed without touching the original. */
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

/**
 * Creates a copy in a temporary folder; installed packages are linked.
 * @returns the folder of the copy, and a function that removes it
 */
export function createWorkingCopy(root) {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'rivulet-breaks-')));
  const options = ['--cached', '--others', '--exclude-standard', '-z'];
  const listed = execFileSync('git', ['ls-files', ...options], { cwd: root, encoding: 'utf8' });
  for (const file of new Set(listed.split('\0'))) {
    if (file === '' || !existsSync(join(root, file))) continue; // deleted, but not yet committed
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    copyFileSync(join(root, file), join(folder, file));
  }
  for (const workspace of ['.', ...PACKAGES.map((name) => join('packages', name))])
    linkModules({
      from: join(root, workspace, 'node_modules'),
      to: join(folder, workspace, 'node_modules'),
      root,
      folder,
    });
  return { folder, remove: () => rmSync(folder, { recursive: true }) };
}

/** Links each installed package. Packages of the workspace are linked to the copy. Caches are left out: the copy has its own. */
function linkModules({ from, to, root, folder }) {
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from)) {
    if (name.startsWith('.') && name !== '.bin') continue;
    if (name.startsWith('@')) linkModules({ from: join(from, name), to: join(to, name), root, folder });
    else symlinkSync(linkTargetOf(realpathSync(join(from, name)), root, folder), join(to, name));
  }
}

function linkTargetOf(target, root, folder) {
  const path = relative(realpathSync(root), target);
  const isWorkspace = !path.startsWith('..') && !path.split('/').includes('node_modules');
  return isWorkspace ? join(folder, path) : target;
}
