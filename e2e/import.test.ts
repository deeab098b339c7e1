/** `rivulet import` as an operator runs it: what visitors of a gateway on SQLite have, a gateway on Postgres serves them unchanged. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import {
  mintConversationId,
  mintMessageId,
  mintRunId,
  type ConversationId,
  type UserPart,
} from '@rivulet/protocol';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { randomBytes } from '../packages/gateway/src/base/random.ts';
import { startPostgres, type PostgresServer } from '../packages/gateway/src/testing/postgres-server.ts';
import { ProtocolClient } from '../packages/gateway/src/testing/protocol-client.ts';
import { createSqliteStore } from '../packages/gateway/src/stores/sqlite.ts';
import {
  createDataFolder,
  startGateway,
  startProcess,
  startUpstream,
  type DataFolder,
  type UpstreamProcess,
} from './support/processes.ts';
import { scaled } from './support/scale.ts';

const executable = 'packages/gateway/dist/src/cli/main.js';
let upstream: UpstreamProcess;
let postgres: PostgresServer;
let data: DataFolder;
beforeAll(async () => {
  [upstream, postgres, data] = [await startUpstream(), await startPostgres(), createDataFolder()];
});
afterAll(async () => {
  await upstream.end('SIGTERM');
  await postgres.dispose();
  data.remove();
});

const environmentOf = (more: Record<string, string> = {}) => ({
  RIVULET_DATA: data.path,
  OPENAI_API_KEY: 'key',
  OPENAI_BASE_URL: upstream.url,
  ...more,
});

/** A conversation with a file, two answers of one question, and a further question and answer. */
async function converse(url: string, client: ProtocolClient, token: string) {
  const [conversationId, messageId] = [mintConversationId(randomBytes), mintMessageId(randomBytes)];
  const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'text/plain' };
  const uploaded = await fetch(`${url}/v1/files?site=demo&name=a.txt`, {
    method: 'POST',
    headers,
    body: 'in a file',
  });
  const { fileId, name, mediaType, sizeBytes } = (await uploaded.json()) as Extract<
    UserPart,
    { type: 'file' }
  >; // the route's documented answer
  const file: UserPart = { type: 'file', fileId, name, mediaType, sizeBytes };
  const send = async (id: typeof messageId, parts: UserPart[]) => {
    const answer = await client.answer(
      client.send({ type: 'send-message', conversationId, messageId: id, parts }),
    );
    expect(answer.type).toBe('accepted');
    await isAnswered(client);
  };
  await send(messageId, [{ type: 'text', text: 'What is a Fjørd?' }, file]);
  const first = client.view?.conversation.messages.at(-1);
  if (first === undefined) throw new Error('there is no answer');
  const again = {
    type: 'regenerate' as const,
    conversationId,
    messageId: first.id,
    runId: mintRunId(randomBytes),
  };
  expect(await client.answer(client.send(again))).toMatchObject({ type: 'accepted' });
  await isAnswered(client);
  await send(mintMessageId(randomBytes), [{ type: 'text', text: 'And a bay?' }]);
  return { conversationId, fileId };
}

const isAnswered = (client: ProtocolClient) =>
  client.until(() => client.view?.conversation.messages.at(-1)?.run?.state === 'finished');

interface Visitor {
  token: string;
  conversationId: ConversationId;
  fileId: string;
}

/** Everything that a visitor can read. */
async function readAll(url: string, { token, conversationId, fileId }: Visitor) {
  const headers = { Authorization: `Bearer ${token}` };
  const get = async (path: string) => {
    const response = await fetch(`${url}/v1/${path}`, { headers });
    return [response.status, await response.text()];
  };
  const client = await ProtocolClient.connect(url, { token, subscriptions: [{ conversationId }] });
  await client.until(() => client.events.some(({ type }) => type === 'synced'));
  const { messages = [] } = client.view?.conversation ?? {};
  await client.close(1000);
  const exported = (await get('export?site=demo'))[1] ?? '';
  return {
    messages,
    listed: await get('conversations?site=demo&limit=10'),
    found: await get('conversations?site=demo&limit=10&query=fj%C3%B8rd'),
    missed: await get('conversations?site=demo&limit=10&query=lagoon'),
    file: await get(`files/${fileId}?site=demo`),
    exported: String(exported).replaceAll(/"exportedAtMs":\d+/g, ''),
  };
}

it('a visitor finds conversations, branches, files, search and used budget unchanged on Postgres', async () => {
  const sqlite = await startGateway(environmentOf());
  const client = await ProtocolClient.connect(sqlite.url);
  const { token = '' } = await client.received('welcome');
  const visitor = { token, ...(await converse(sqlite.url, client, token)) };
  await client.close(1000);
  const before = await readAll(sqlite.url, visitor);
  expect(before.messages).toHaveLength(5);
  expect(before.found[1]).toContain(visitor.conversationId);
  expect(before.file).toEqual([200, 'in a file']);
  await sqlite.end('SIGTERM');

  const url = postgres.connectionString;
  const command = startProcess([executable, 'import'], environmentOf({ RIVULET_POSTGRES_URL: url }));
  expect([await command.ended, command.errors()]).toEqual([0, '']);
  expect(command.lines).toContain(`Imported ${data.path}: conversations 1, messages 5, files 1.`);

  const budgets = JSON.stringify({ visitor: { tokensPerDay: 1 } });
  const gateway = await startGateway(
    environmentOf({
      RIVULET_POSTGRES_URL: url,
      RIVULET_POSTGRES_MIGRATE: 'refuse',
      RIVULET_BUDGETS: budgets,
    }),
  );
  expect(await readAll(gateway.url, visitor)).toEqual(before);
  const send = async (hello: { token?: string }) => {
    const sender = await ProtocolClient.connect(gateway.url, hello);
    const ids = { conversationId: mintConversationId(randomBytes), messageId: mintMessageId(randomBytes) };
    const answer = await sender.answer(
      sender.send({ type: 'send-message', ...ids, parts: [{ type: 'text', text: 'Hello' }] }),
    );
    await sender.close(1000);
    return answer.type;
  };
  // What was used on SQLite today counts; somebody else has used nothing.
  expect(await send({ token })).toBe('rejected');
  expect(await send({})).toBe('accepted');
  await gateway.end('SIGTERM');
});

const CONVERSATIONS = scaled({ sample: 20_000, full: 200_000 });
const MESSAGES = 5;
/** Less than what is imported. */
const MAX_HEAP_MB = 96;
const LARGE_TIMEOUT_MS = scaled({ sample: 180_000, full: 900_000 });

/** Writes conversations with messages of 1 kB, faster than by the store. */
async function fillLargely(folder: string): Promise<void> {
  const file = join(folder, 'rivulet.sqlite');
  await (await createSqliteStore({ file })).close();
  const database = new DatabaseSync(file);
  database.exec(`BEGIN;
    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${CONVERSATIONS})
    INSERT INTO conversations (id, site_id, owner_id, title_json, created_ms, updated_ms)
      SELECT printf('c_%020d', i), 'demo', 'v_' || i % 1000, '"t"', i, i FROM n;
    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${MESSAGES})
    INSERT INTO messages (conversation_id, ordinal, message_id, created_ms, body)
      SELECT id, i, 'm_' || i, i, json_object('id', 'm_' || i, 'text', hex(randomblob(500))) FROM conversations, n;
    COMMIT`);
  database.close();
}

it(
  `an import of ${CONVERSATIONS} conversations with a heap of ${MAX_HEAP_MB} MB is interrupted, goes on, and is complete`,
  { timeout: LARGE_TIMEOUT_MS },
  async () => {
    const large = createDataFolder();
    await fillLargely(large.path);
    await postgres.run('CREATE DATABASE large');
    const url = postgres.connectionString.replace('/postgres?', '/large?');
    const environment = { RIVULET_POSTGRES_URL: url, RIVULET_SECRET: 'x'.repeat(32) };
    const args = [`--max-old-space-size=${MAX_HEAP_MB}`, executable, 'import', '--data', large.path];
    const first = startProcess(args, environment);
    await first.waitForOutput(/^conversations: complete$/);
    expect(await first.end('SIGINT')).toBe(1);
    expect(first.errors()).toMatch(/^rivulet: The import was interrupted.*run the same command again/);
    expect(first.lines.join()).not.toContain('messages: complete');
    // No gateway starts on a part.
    await expect(startGateway({ ...environment, RIVULET_DATA: large.path })).rejects.toThrow(
      /being imported/,
    );

    const startedMs = performance.now();
    const second = startProcess(args, environment);
    await second.waitForOutput(/^messages: complete$/);
    const peakKb = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${second.child.pid}/status`, 'utf8'))?.[1];
    expect([await second.ended, second.errors()]).toEqual([0, '']);
    const seconds = (performance.now() - startedMs) / 1000;
    expect(second.lines[0]).toContain('Going on with the import');
    expect(second.lines).toContain('Compared: the database has what the folder holds');
    const [rows] = await postgres.run('SELECT count(*)::int AS messages FROM rivulet_messages', 'large');
    expect(rows).toEqual({ messages: CONVERSATIONS * MESSAGES });
    console.log(
      `import: ${CONVERSATIONS} conversations, ${CONVERSATIONS * MESSAGES} messages in two runs; the second ${seconds.toFixed(1)} s, peak memory of the process ${Math.round(Number(peakKb) / 1024)} MB`,
    );
    large.remove();
  },
);
