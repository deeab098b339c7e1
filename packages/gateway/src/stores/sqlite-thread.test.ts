/** The worker of the SQLite store: early results, its death and its restart, its end. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startSqliteThread, type SqliteThread } from './sqlite-thread.ts';

describe('the worker of the SQLite store', () => {
  let folder: string;
  let thread: SqliteThread;
  let nowMs = 0;
  const workers: Worker[] = [];
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'rivulet-thread-'));
    workers.length = 0;
    nowMs = 0;
    thread = await startSqliteThread({
      file: join(folder, 'rivulet.sqlite'),
      nowMs: () => nowMs,
      createWorker: (workerData) => {
        const worker = new Worker(new URL('./sqlite-worker.ts', import.meta.url), {
          workerData,
          execArgv: [],
        });
        workers.push(worker);
        return worker;
      },
    });
  });
  afterEach(async () => {
    await thread.close();
    rmSync(folder, { recursive: true });
  });

  it('gives an early result of a write, and its durability later', async () => {
    const { result, durable } = await thread.callEarly('moveConversations', ['site', 'a'], ['site', 'b']);
    expect(result).toBe(0);
    await expect(durable).resolves.toBeUndefined();
  });

  it('that dies rejects what waits; the next call starts another one, at most once a second', async () => {
    // One that was executed early rejects twice, by its result or its durability, whichever comes later.
    const early = thread.callEarly('forgetKeys', 1).then(({ durable }) => durable);
    const waiting = [thread.call('check'), early];
    const ended = workers[0]?.terminate();
    for (const outcome of await Promise.allSettled(waiting))
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'internal' });
    await ended;
    await expect(thread.call('check')).rejects.toMatchObject({
      code: 'internal',
      cause: { code: 'worker-ended' },
    });
    expect(workers).toHaveLength(1);
    nowMs += 1_000;
    await thread.call('check');
    expect(workers).toHaveLength(2);
  });

  it('answers every call that was made before it is closed, and refuses later ones', async () => {
    const calls = Array.from({ length: 50 }, () => thread.call('check'));
    await thread.close();
    await expect(Promise.all(calls)).resolves.toHaveLength(50);
    await expect(thread.call('check')).rejects.toMatchObject({ code: 'internal', cause: { code: 'closed' } });
  });

  it('refuses a call when 10,000 wait', async () => {
    const calls = Array.from({ length: 10_001 }, () => thread.call('readMessages', 'c_1'));
    await expect(calls.at(-1)).rejects.toMatchObject({ code: 'internal', cause: { code: 'overloaded' } });
    await expect(Promise.all(calls.slice(0, -1))).resolves.toHaveLength(10_000);
  });
});
