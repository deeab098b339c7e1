import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createSqliteStore } from '../stores/sqlite.ts';
import { runCheck } from './check.ts';
import { readConfig } from './read-config.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rivulet-check-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});
const check = (environment: Record<string, string> = {}) => {
  const sites = [{ id: 'shop', origins: ['*'], systemPrompt: 'From the file.' }];
  const file = { name: 'rivulet.json', value: { dataFolder: folder, sites } };
  return runCheck(readConfig({ file, environment, flags: {} }));
};

it('says which settings were edited in the console, by whom, and which of them are not used, while a gateway has the file', async () => {
  const store = await createSqliteStore({ file: join(folder, 'rivulet.sqlite') });
  const settings = { systemPrompt: 'Edited.', maxAnswerChars: 77, 'desk.capacity': 3 };
  await store.siteEdits.keep({ siteId: 'shop', revision: 1, settings, userName: 'ann', atMs: 0 });
  const { text } = await check();
  await store.close();
  expect(text).toMatch(/system prompt +7 characters/);
  expect(text).toMatch(/maxAnswerChars +77/);
  expect(text).toMatch(
    /edited in the console +systemPrompt, maxAnswerChars \(revision 1, by ann, 1970-01-01T00:00:00\.000Z\)/,
  );
  expect(text).toMatch(/edited and not used +desk\.capacity: the site has no desk/);
});

it('says nothing of edits where there is no database yet, and none were made', async () => {
  expect((await check()).text).not.toContain('edited');
  await (await createSqliteStore({ file: join(folder, 'rivulet.sqlite') })).close();
  expect((await check()).text).not.toContain('edited');
});

it('is valid and says that the edits are not known when the database cannot be read', async () => {
  writeFileSync(join(folder, 'rivulet.sqlite'), 'no database');
  const { text } = await check();
  expect(text).toContain('The configuration is valid.');
  expect(text).toMatch(/edits in the console +not known: The database file/);
});
