import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { prepareDataFolder } from '../data-folder.ts';
import { openEmptyFolder, type RestoringFolder } from './empty-folder.ts';

let folder: string;
let restoring: RestoringFolder;
const at = (...names: string[]) => join(folder, ...names);
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rivulet-restoring-'));
  restoring = await openEmptyFolder(folder);
  mkdirSync(join(restoring.path, 'files'));
  for (const name of ['rivulet.sqlite', 'secret.key']) writeFileSync(join(restoring.path, name), name);
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

it('what was committed stays, and what was not is removed', async () => {
  await restoring.commit();
  await restoring.discard();
  expect(readdirSync(folder).sort()).toEqual(['files', 'rivulet.sqlite', 'secret.key']);
  rmSync(folder, { recursive: true });
  await (await openEmptyFolder(folder)).discard();
  expect(existsSync(folder)).toBe(false);
  mkdirSync(folder);
});

it('no gateway starts on a folder into which only a part was moved', async () => {
  mkdirSync(at('files', 'blobs'), { recursive: true }); // a folder with something in it cannot be replaced
  await expect(restoring.commit()).rejects.toThrow();
  await restoring.discard();
  expect(existsSync(at('restoring', 'rivulet.sqlite'))).toBe(true);
  expect(() => {
    prepareDataFolder(folder);
  }).toThrow(/restore/);
});
