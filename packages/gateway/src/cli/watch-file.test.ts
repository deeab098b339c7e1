import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Clock, systemClock } from '../base/index.ts';
import { createFakeClock, type FakeClock } from '../testing/fake-clock.ts';
import { fileVersion, watchFile } from './watch-file.ts';

describe('a watched file', () => {
  let folder: string;
  let file: string;
  let stop: () => void;
  const changed = vi.fn();
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'rivulet-watch-'));
    file = join(folder, 'rivulet.json');
    changed.mockReset();
  });
  afterEach(() => {
    stop();
    rmSync(folder, { recursive: true });
  });
  const watch = (since = fileVersion(file), clock: Clock = systemClock) => {
    stop = watchFile(file, { clock, since, changed });
  };
  /** A look has ended when the next one is due. */
  const look = (clock: FakeClock) => {
    clock.advance(200);
    return vi.waitFor(() => {
      expect(clock.pending).toBe(1);
    });
  };
  const hasChanged = (times: number) =>
    vi.waitFor(() => {
      expect(changed).toHaveBeenCalledTimes(times);
    });

  it('is noticed when it is written, and again when an editor replaces it', async () => {
    writeFileSync(file, 'one');
    watch();
    writeFileSync(file, 'two, which is longer');
    await hasChanged(1);
    writeFileSync(`${file}.new`, 'three');
    renameSync(`${file}.new`, file);
    await hasChanged(2);
  });

  it('is noticed when the folder behind it is swapped, as Kubernetes does with a ConfigMap', async () => {
    for (const version of ['v1', 'v2']) {
      mkdirSync(join(folder, version));
      writeFileSync(join(folder, version, 'rivulet.json'), version);
    }
    symlinkSync('v1', join(folder, '..data'));
    symlinkSync(join('..data', 'rivulet.json'), file);
    watch();
    symlinkSync('v2', join(folder, '..data_tmp'));
    renameSync(join(folder, '..data_tmp'), join(folder, '..data'));
    await hasChanged(1);
  });

  it('is noticed when it goes, and when it comes back', async () => {
    writeFileSync(file, 'one');
    watch();
    rmSync(file);
    await hasChanged(1);
    writeFileSync(file, 'one');
    await hasChanged(2);
  });

  it('is noticed when it changed before the first look', async () => {
    const since = fileVersion(file);
    writeFileSync(file, 'one');
    watch(since);
    await hasChanged(1);
  });

  it('that changes at every look is reported when it has settled', async () => {
    const clock = createFakeClock();
    watch(fileVersion(file), clock);
    for (const text of ['', 'o', 'on', 'one']) {
      writeFileSync(file, text);
      await look(clock);
      expect(changed).not.toHaveBeenCalled();
    }
    await look(clock);
    expect(changed).toHaveBeenCalledOnce();
  });
});
