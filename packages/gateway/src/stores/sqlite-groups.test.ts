/** Group commit, in the main thread: which calls share a transaction, how it is synced, and what fails together. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { sampleAcceptance } from '../testing/samples.ts';
import { SqliteCore } from './sqlite-core.ts';
import type { AcceptanceRow, MessageRow } from './sqlite-rows.ts';
import { openSqlite, type SqliteDatabase } from './sqlite-database.ts';
import { runGroup, type Call, type Outcome } from './sqlite-groups.ts';

const toRow = (id: string, runState: string | null): MessageRow => ({
  id,
  runId: runState === null ? null : 'r_1',
  runState,
  createdAtMs: 1,
  body: JSON.stringify({ id }),
  text: '',
});

function sampleRow(parts: Partial<AcceptanceRow> = {}): AcceptanceRow {
  const { conversationId, owner, question, answer, key } = sampleAcceptance();
  return {
    conversationId,
    ...owner,
    title: null,
    messages: [toRow(question.id, null), toRow(answer.id, 'running')],
    answerId: answer.id,
    runId: 'r_1',
    digest: 'digest',
    key,
    maxRunning: 1,
    nowMs: 1,
    newestId: undefined,
    ...parts,
  };
}

describe('group commit', () => {
  let folder: string;
  let database: SqliteDatabase;
  let core: SqliteCore;
  const exec = vi.spyOn(DatabaseSync.prototype, 'exec');
  const commits = () => exec.mock.calls.filter(([sql]) => sql === 'COMMIT').length;
  const synced = () => exec.mock.calls.findLast(([sql]) => sql.startsWith('PRAGMA synchronous'))?.[0];
  const early: Outcome[] = [];
  const onEarly = (outcomes: Outcome[]) => void early.push(...outcomes);
  const run = (...calls: Omit<Call, 'id'>[]) =>
    runGroup(
      { database, core, onEarly },
      calls.map((call, id) => ({ ...call, id })),
    );
  const accept = (row = sampleRow()) => ({ method: 'accept', args: [row] }) as const;
  const read = ({ conversationId }: AcceptanceRow) =>
    ({ method: 'readMessages', args: [conversationId] }) as const;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'rivulet-groups-'));
    database = openSqlite({ file: join(folder, 'rivulet.sqlite'), busyTimeoutMs: 1 });
    core = new SqliteCore(database);
    exec.mockClear();
    early.length = 0;
  });
  afterEach(() => {
    exec.mockReset();
    database.close();
    rmSync(folder, { recursive: true });
  });

  it('syncs what it accepts, and the progress of a reply not (invariant 7)', () => {
    const row = sampleRow();
    run(accept(row));
    expect(synced()).toContain('FULL');
    run({ method: 'saveProgress', args: [[]] });
    expect(synced()).toContain('NORMAL');
    run({ method: 'saveProgress', args: [[]] }, accept());
    expect(synced()).toContain('FULL');
  });

  it('of 100 acceptances has one commit', () => {
    const rows = Array.from({ length: 100 }, () => sampleRow());
    const outcomes = run(...rows.map(accept));
    expect(outcomes).toEqual(rows.map((_, id) => ({ id, result: { kind: 'accepted' } })));
    expect(commits()).toBe(1);
    expect(core.listUnsettled()).toHaveLength(100);
  });

  it('of reads has no transaction', () => {
    expect(run(read(sampleRow()), read(sampleRow()))).toEqual([
      { id: 0, result: [] },
      { id: 1, result: [] },
    ]);
    expect(exec).not.toHaveBeenCalled();
  });

  it('rolls back a call that fails halfway, and only that one', () => {
    const broken = sampleRow();
    const messages = [...broken.messages, { ...toRow('m', null), body: null as unknown as string }];
    const [one, other] = [sampleRow(), sampleRow()];
    const outcomes = run(accept(one), accept({ ...broken, messages }), accept(other), read(broken));
    expect(outcomes).toMatchObject([
      { result: { kind: 'accepted' } },
      { error: { code: 'ERR_SQLITE_ERROR' } },
      { result: { kind: 'accepted' } },
      { result: [] },
    ]);
    expect(core.readConversation(broken.conversationId)).toBeUndefined();
    for (const { conversationId } of [one, other]) expect(core.readMessages(conversationId)).toHaveLength(2);
  });

  it('that cannot be committed fails every call, and nothing of it is shown or kept', () => {
    const row = sampleRow();
    exec.mockImplementation(function (this: DatabaseSync, sql) {
      if (sql === 'COMMIT') throw new Error('disk I/O error');
      this.prepare(sql).run();
    });
    const outcomes = run({ ...accept(row), isEarly: true }, read(row));
    exec.mockReset();
    expect(early).toEqual([{ id: 0, result: { kind: 'accepted' } }]);
    expect(outcomes).toMatchObject([
      { error: { message: 'disk I/O error' } },
      { error: { message: 'disk I/O error' } },
    ]);
    expect(core.readMessages(row.conversationId)).toEqual([]);
    expect(run(accept(row))).toEqual([{ id: 0, result: { kind: 'accepted' } }]);
  });

  it('answers its reads while another process holds the lock, and fails its writes', () => {
    const row = sampleRow();
    run(accept(row));
    const other = new DatabaseSync(join(folder, 'rivulet.sqlite'));
    other.exec('BEGIN IMMEDIATE');
    expect(run(read(row), accept())).toMatchObject([
      { result: [{}, {}] },
      { error: { message: 'database is locked' } },
    ]);
    other.close();
    expect(run(accept())).toMatchObject([{ result: { kind: 'accepted' } }]);
  });
});
