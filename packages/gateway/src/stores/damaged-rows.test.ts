import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { mintRunId, type Message } from '@rivulet/protocol';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  createKeyedMutex,
  createMetrics,
  DEFAULT_LIMITS,
  randomBytes,
  silentLogger,
  systemClock,
} from '../base/index.ts';
import { createMemoryEventLog } from '../event-logs/memory.ts';
import { createRecovery } from '../runs/recovery.ts';
import { accepted, sampleAcceptance, SAMPLE_MS } from '../testing/samples.ts';
import { noRestarts } from '../testing/no-restarts.ts';
import { readMessage } from './message-repair.ts';
import { createSqliteStore } from './sqlite.ts';
import type { Store } from './store.ts';

const logger = { ...silentLogger, warn: vi.fn() };
let folder: string;
let store: Store;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rivulet-damaged-'));
  store = await createSqliteStore({ file: join(folder, 'a.sqlite'), logger });
  logger.warn.mockClear();
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

type Saved = Awaited<ReturnType<typeof accepted>>;
/** Writes over a column of the answer, as a fault of a disk or an older gateway would have. */
function damage({ answer }: Saved, column: string, value: string): void {
  const database = new DatabaseSync(join(folder, 'a.sqlite'));
  database.prepare(`UPDATE messages SET ${column} = ? WHERE message_id = ?`).run(value, answer.id);
  database.close();
}
const bodyWith = ({ answer }: Saved, fields: object): string => JSON.stringify({ ...answer, ...fields });
const run = { id: mintRunId(randomBytes), state: 'finished', startedAtMs: SAMPLE_MS };
const DAMAGES: [string, (saved: Saved) => [column: string, value: string]][] = [
  ['no JSON', () => ['body', '{"id":"m_']],
  ['an empty text', () => ['body', '']],
  ['a list', () => ['body', '[]']],
  [
    'usage that is no number',
    (saved) => ['body', bodyWith(saved, { run: { ...run, usage: { inputTokens: null, outputTokens: -1 } } })],
  ],
  [
    'a part without its text',
    (saved) => ['body', bodyWith(saved, { parts: [{ type: 'text' }, { type: 'text', text: 'kept' }] })],
  ],
  ['parts that are none', (saved) => ['body', bodyWith(saved, { parts: 'text' })]],
  ['a time that is none', (saved) => ['body', bodyWith(saved, { createdAtMs: null, parentId: 5 })]],
  ['progress that breaks off', () => ['progress', '']],
];

describe.each(DAMAGES)('a row with %s', (_name, how) => {
  it('takes neither the list, a search, the export, the next context nor the erasure with it', async () => {
    const saved = await accepted(store);
    const { conversationId: id, owner, answer, question } = saved;
    const [column, value] = how(saved);
    if (column === 'body') damage(saved, column, value);
    await accepted(store, { owner });
    expect(await store.listConversations(owner, { limit: 10 })).toHaveLength(2);
    expect(await store.listConversations(owner, { limit: 10, query: 'rivulet' })).toHaveLength(2);
    expect((await store.readMessages(id)).map((one) => one.id)).toContain(question.id);
    expect((await store.readStanding(id, answer.id))?.record.id).toBe(id);
    await store.readBranch(id, answer.id, 1_000);
    expect(await store.listUnsettled()).toHaveLength(2);
    await store.eraseConversation(id);
    expect(await store.eraseOwner(owner)).toBe(1);
  });
});

it('a row that is damaged is reported once, by its place and not by its value', async () => {
  const saved = await accepted(store);
  damage(saved, 'body', bodyWith(saved, { role: 'a secret role' }));
  await store.readMessages(saved.conversationId);
  await store.readMessages(saved.conversationId);
  expect(logger.warn).toHaveBeenCalledOnce();
  expect(logger.warn.mock.calls[0]?.[0]).toMatchObject({ messageId: saved.answer.id, damage: 'role' });
  expect(JSON.stringify(logger.warn.mock.calls)).not.toContain('secret');
});

it('a message keeps what is not damaged', () => {
  const { answer } = sampleAcceptance();
  const parts = [{ type: 'text' }, { type: 'text', text: 'kept' }];
  const error = { code: 'internal', message: 5 };
  const body = JSON.stringify({ ...answer, parts, run: { ...run, error, reason: 'stop' }, feedback: 'up' });
  const { message, damage: place } = readMessage(body) ?? {};
  const expected: Partial<Message> = { id: answer.id, role: 'assistant', createdAtMs: SAMPLE_MS };
  expect(message).toMatchObject({
    ...expected,
    parts: [{ type: 'unknown' }, { type: 'text', text: 'kept' }],
  });
  expect(message?.run).toEqual({ ...run, reason: 'stop' });
  expect([place, message?.feedback]).toEqual(['parts.0.text', undefined]);
});

it('a reply that nobody can read does not keep the others from being closed, and does not run for ever', async () => {
  const broken = await accepted(store);
  const sound = await accepted(store);
  damage(broken, 'body', 'nothing');
  const parts = {
    store,
    eventLog: createMemoryEventLog({ clock: systemClock, random: randomBytes }),
    logger,
    metrics: createMetrics(),
  };
  const more = { mutex: createKeyedMutex(), clock: systemClock, limits: DEFAULT_LIMITS, ...noRestarts };
  await createRecovery({ ...parts, ...more }).sweep();
  expect(await store.listUnsettled()).toEqual([]);
  const [, answer] = await store.readMessages(sound.conversationId);
  expect(answer?.run?.reason).toBe('interrupted');
});
