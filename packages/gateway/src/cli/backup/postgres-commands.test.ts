/** The commands for Postgres in docs/backup.md, as an operator runs them. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createPostgresStore } from '../../stores/postgres.ts';
import { startPostgres, type PostgresServer } from '../../testing/postgres-server.ts';
import { accepted } from '../../testing/samples.ts';
import { findBinary } from '../../testing/server-process.ts';

const DATA_FOLDER = '/var/lib/rivulet';
const guide = readFileSync(new URL('../../../../../docs/backup.md', import.meta.url), 'utf8');
/** The two blocks of commands for Postgres: the backup, and the restore. */
const [backupCommands = '', restoreCommands = ''] = [
  ...guide.slice(guide.indexOf('## What about Postgres?')).matchAll(/```sh\n(.+?)```/gs),
].map(([, commands]) => commands);

const folder = mkdtempSync(join(tmpdir(), 'rivulet-pg-commands-'));
let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
}, 60_000);
afterAll(async () => {
  await server.dispose();
  rmSync(folder, { recursive: true });
});

function runCommands(commands: string, { url, data }: { url: string; data: string }): void {
  const PATH = [dirname(findBinary('postgres', 'pg_dump')), process.env.PATH].join(delimiter);
  const env = { PATH, RIVULET_POSTGRES_URL: url };
  execFileSync('sh', ['-ec', commands.replaceAll(DATA_FOLDER, data)], { cwd: folder, env });
}

it('the commands for Postgres restore conversations, files and later writes', async () => {
  const first = createPostgresStore({ connectionString: server.connectionString });
  const { conversationId, question } = await accepted(first);
  const addProgress = `INSERT INTO rivulet_progress (conversation_id, message_id, events) VALUES ('${conversationId}', 'm', '[]')`;
  await server.run(addProgress);
  mkdirSync(join(folder, 'a', 'files'), { recursive: true });
  mkdirSync(join(folder, 'b'));
  writeFileSync(join(folder, 'a', 'files', 'x'), 'content');
  runCommands(backupCommands, { url: server.connectionString, data: join(folder, 'a') });
  await first.close();

  await server.run('CREATE DATABASE other');
  const url = server.connectionString.replace('/postgres?', '/other?');
  runCommands(restoreCommands, { url, data: join(folder, 'b') });
  const second = createPostgresStore({ connectionString: url });
  expect((await second.readMessages(conversationId)).map(({ id }) => id)).toContain(question.id);
  await accepted(second);
  await server.run(addProgress, 'other'); // its identity column goes on where it was
  await second.close();
  expect(readFileSync(join(folder, 'b', 'files', 'x'), 'utf8')).toBe('content');
});
