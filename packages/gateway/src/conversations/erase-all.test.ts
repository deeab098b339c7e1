import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mintConversationId, mintMessageId } from '@rivulet/protocol';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { randomBytes } from '../base/index.ts';
import { createMemoryStore } from '../stores/memory.ts';
import { createPostgresStore } from '../stores/postgres.ts';
import { createSqliteStore } from '../stores/sqlite.ts';
import type { Store } from '../stores/store.ts';
import { startPostgres, type PostgresServer } from '../testing/postgres-server.ts';
import { ProtocolClient } from '../testing/protocol-client.ts';
import { startGateway } from '../testing/start-gateway.ts';
import { witness } from '../testing/witness.ts';

const isFull = process.env.RIVULET_SCALE === 'full';
/** A sample, or as many as a visitor may have in the worst case. */
const CONVERSATIONS = isFull ? 1_000 : 60;
const TIMEOUT_MS = 120_000;

let postgres: PostgresServer;
beforeAll(async () => {
  postgres = await startPostgres();
}, TIMEOUT_MS);
afterAll(() => postgres.dispose(), TIMEOUT_MS);

const STORES: Record<string, () => Store | Promise<Store>> = {
  memory: createMemoryStore,
  SQLite: () => {
    const folder = mkdtempSync(join(tmpdir(), 'rivulet-erase-'));
    onTestFinished(() => {
      rmSync(folder, { recursive: true, force: true });
    });
    return createSqliteStore({ file: join(folder, 'rivulet.db') });
  },
  Postgres: () => createPostgresStore({ connectionString: postgres.connectionString }),
};

/** A visitor with this many conversations, whose replies are all being written. @returns the visitor's token */
async function visitorOf(url: string, count: number): Promise<string> {
  const client = await ProtocolClient.connect(url);
  const parts = [{ type: 'text' as const, text: 'Hello?' }];
  for (let asked = 0; asked < count; asked += 50) {
    const ids = Array.from({ length: Math.min(50, count - asked) }, () =>
      client.send({
        type: 'send-message',
        conversationId: mintConversationId(randomBytes),
        messageId: mintMessageId(randomBytes),
        parts,
      }),
    );
    const answers = await Promise.all(ids.map((id) => client.answer(id)));
    expect(answers.every(({ type }) => type === 'accepted')).toBe(true);
  }
  const { token = '' } = await client.received('welcome');
  await client.close(1000);
  return token;
}

describe.each(Object.keys(STORES))('erasing a visitor whose replies are all running, on %s', (name) => {
  it('stops and erases all at once, and others are served meanwhile', { timeout: TIMEOUT_MS }, async () => {
    const store = await STORES[name]!();
    // The reservations of so many runs exceed the default budget.
    const started = await startGateway({ store, budgets: 'off' });
    onTestFinished(() => started.stop());
    const headers = { Authorization: `Bearer ${await visitorOf(started.url, CONVERSATIONS)}` };
    const startedAtMs = performance.now();
    const erase = () => fetch(`${started.url}/v1/visitor`, { method: 'DELETE', headers });
    const { result, slowestMs, pongs } = await witness(started.url, erase);
    const tookMs = performance.now() - startedAtMs;
    expect(await result.json()).toEqual({ erased: CONVERSATIONS });
    expect(await store.listUnsettled()).toEqual([]);
    expect(pongs).toBeGreaterThan(0);
    if (!isFull) return;
    console.log(
      `${name}: ${CONVERSATIONS} running conversations in ${tookMs.toFixed(0)} ms, slowest round trip of another visitor ${slowestMs.toFixed(0)} ms`,
    );
    expect(tookMs).toBeLessThan(2_000);
    expect(slowestMs).toBeLessThan(250);
  });
});
