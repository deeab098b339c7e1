/** The saves of progress in the SQLite file: which rows there are, and that no read misses one. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { partIdOf, type ConversationId, type Message } from '@rivulet/protocol';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { SAMPLE_MS, accepted, finished, withText } from '../testing/samples.ts';
import { createSqliteStore } from './sqlite.ts';
import type { Store } from './store.ts';

let folder: string;
let file: string;
let store: Store;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rivulet-progress-'));
  file = join(folder, 'rivulet.sqlite');
  store = await createSqliteStore({ file });
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

interface Answer {
  conversationId: ConversationId;
  answer: Message;
}

const started = ({ conversationId, answer }: Answer, text: string) => ({
  conversationId,
  messageId: answer.id,
  events: [
    { type: 'part-started' as const, partId: partIdOf(answer.id, 0), value: { type: 'text' as const, text } },
  ],
});
const grown = ({ conversationId, answer }: Answer, at: number, text: string) => ({
  conversationId,
  messageId: answer.id,
  events: [{ type: 'text-delta' as const, partId: partIdOf(answer.id, 0), at, text }],
});

/** The number of rows, seen by another connection. */
function countRows(table: 'saves' | 'progress'): number {
  const database = new DatabaseSync(file);
  const row = database.prepare(`SELECT count(*) AS count FROM ${table}`).get();
  database.close();
  return Number(row?.count);
}

async function saveLetters(answers: readonly Answer[], count: number): Promise<void> {
  await store.saveProgress(answers.map((answer) => started(answer, '0')));
  for (let at = 1; at < count; at += 1)
    await store.saveProgress(answers.map((answer) => grown(answer, at, String(at % 10))));
}

const LETTERS = '0123456789'.repeat(10);

it('a save of many answers is one row, and each answer has its text', async () => {
  const answers = [await accepted(store), await accepted(store), await accepted(store)];
  await saveLetters(answers, 10);
  expect(countRows('saves')).toBe(10);
  expect(countRows('progress')).toBe(0);
  for (const { conversationId, answer } of answers)
    expect((await store.readMessages(conversationId)).at(-1)).toEqual(withText(answer, LETTERS.slice(0, 10)));
});

it('many saves are replaced by a few rows for each answer', async () => {
  const answers = [await accepted(store), await accepted(store)];
  await saveLetters(answers, 100);
  expect(countRows('saves')).toBeLessThan(32);
  expect(countRows('progress')).toBe(6);
  for (const { conversationId, answer } of answers)
    expect((await store.readStanding(conversationId))?.unfinished[0]?.answer).toEqual(
      withText(answer, LETTERS),
    );
});

it('another process that uses the file sees the newest saves, and may replace them', async () => {
  const answer = await accepted(store);
  await saveLetters([answer], 20);
  const other = await createSqliteStore({ file });
  const read = async (one: Store) => (await one.readMessages(answer.conversationId)).at(-1);
  expect(await read(other)).toEqual(withText(answer.answer, LETTERS.slice(0, 20)));
  for (let at = 20; at < 60; at += 1) await other.saveProgress([grown(answer, at, String(at % 10))]);
  expect(await read(store)).toEqual(withText(answer.answer, LETTERS.slice(0, 60)));
  await other.close();
});

it('an answer that has ended has no rows after the next replacement (3)', async () => {
  const [ended, running] = [await accepted(store), await accepted(store)];
  await saveLetters([ended, running], 10);
  await store.endRun(ended.conversationId, finished(withText(ended.answer, 'end')), SAMPLE_MS);
  for (let at = 10; at < 60; at += 1) await store.saveProgress([grown(running, at, String(at % 10))]);
  expect(countRows('progress')).toBe(1);
  expect((await store.readMessages(ended.conversationId)).at(-1)?.parts).toEqual([
    { type: 'text', text: 'end' },
  ]);
});

it('erasing a conversation removes its text from the saves, which other answers share', async () => {
  const [erased, running] = [await accepted(store), await accepted(store)];
  await store.saveProgress([started(erased, 'secret'), started(running, 'kept')]);
  await store.eraseConversation(erased.conversationId);
  expect(countRows('saves')).toBe(0);
  expect(countRows('progress')).toBe(1);
  expect((await store.readMessages(running.conversationId)).at(-1)).toEqual(withText(running.answer, 'kept'));
});
