import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readConfig } from './read-config.ts';
import { prepareDataFolder, readSecret } from './data-folder.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rivulet-data-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});
const failing = (code: string) => () => {
  throw Object.assign(new Error(code), { code });
};

describe('the data folder', () => {
  it('is created and left empty by the check', () => {
    const inner = join(folder, 'a', 'b');
    prepareDataFolder(inner);
    expect(readdirSync(inner)).toEqual([]);
  });

  it('that is a file, or lies in one, is refused with its path and what to do (G25)', () => {
    const file = join(folder, 'data');
    writeFileSync(file, '');
    const start = `The data folder ${file} (RIVULET_DATA) cannot be used: there is a file of this name`;
    expect(() => {
      prepareDataFolder(file);
    }).toThrow(start);
    expect(() => {
      prepareDataFolder(join(file, 'inner'));
    }).toThrow('a part of the path is a file; choose another folder (ENOTDIR)');
  });

  it.each([
    ['EROFS', 'the file system is read-only'],
    ['ENOSPC', 'the disk is full'],
    ['EACCES', 'this user may not write there'],
  ])('that cannot be written for %s is refused with what to do (G25)', (code, expected) => {
    const prepare = () => {
      prepareDataFolder(folder, { mkdirSync: () => undefined, writeFileSync: failing(code) });
    };
    expect(prepare).toThrow(`The data folder ${folder} (RIVULET_DATA) cannot be used: ${expected}`);
  });

  it('whose secret was cut off is refused, so that visitors do not lose their conversations unnoticed', () => {
    writeFileSync(join(folder, 'secret.key'), 'short\n');
    const config = readConfig({ environment: { RIVULET_DATA: folder }, flags: {} });
    expect(() => readSecret(config)).toThrow('holds no secret of at least 32 characters; restore it');
  });
});
