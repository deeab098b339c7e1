/**
 * kill -9 right after an acceptance: what a store has resolved is on disk (7). A sample; `npm run test:kill` kills 200 processes.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ConversationIdSchema } from '@rivulet/protocol';
import * as v from 'valibot';
import { expect, it } from 'vitest';
import { createSqliteStore } from './sqlite.ts';

const at = (path: string) => JSON.stringify(new URL(path, import.meta.url).href);
/** The child process runs the TypeScript sources: Node strips the types, and the condition resolves the protocol to its sources. */
const WRITER = `
  import { registerHooks } from 'node:module';
  registerHooks({
    resolve: (specifier, context, next) =>
      next(specifier === '@rivulet/protocol' ? ${at('../../../protocol/src/index.ts')} : specifier, context),
  });
  const { createSqliteStore } = await import(${at('./sqlite.ts')});
  const { accepted, withText } = await import(${at('../testing/samples.ts')});
  const store = await createSqliteStore({ file: process.argv[1] });
  const visitor = async () => {
    for (;;) {
      const { conversationId, answer } = await accepted(store);
      await store.putMessages(conversationId, [withText(answer, 'so far')], 1);
      // Awaited, so that this process ends with EPIPE when its reader is gone.
      await new Promise((written) => process.stdout.write(conversationId + '\\n', written));
    }
  };
  // Several at once, so that groups of writes are being committed when the process is killed.
  await Promise.all(Array.from({ length: 8 }, visitor));
`;

const ROUNDS = process.env.RIVULET_SCALE === 'full' ? 200 : 10;
/** How many acceptances a process reports before it is killed; another number in each round. */
const acceptancesOf = (round: number) => 20 + ((round * 37) % 200);

/** Kills a process that accepts as fast as it can. @returns the conversations whose acceptance it has reported */
async function acceptUntilKilled(file: string, acceptances: number): Promise<string[]> {
  const writer = spawn(process.execPath, ['--input-type=module', '--eval', WRITER, file], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const accepted: string[] = [];
  for await (const line of createInterface({ input: writer.stdout })) {
    accepted.push(line);
    if (accepted.length === acceptances) writer.kill('SIGKILL');
  }
  if (writer.signalCode === null) await once(writer, 'exit');
  expect(writer.signalCode).toBe('SIGKILL');
  return accepted;
}

/** How many of the conversations do not have their question and the checkpoint of their answer. */
async function countLost(file: string, accepted: readonly string[]): Promise<number> {
  const store = await createSqliteStore({ file });
  let lost = 0;
  for (const id of accepted) {
    const [question, answer] = await store.readMessages(v.parse(ConversationIdSchema, id));
    const part = answer?.parts[0];
    if (question?.parts.length !== 1 || part?.type !== 'text' || part.text !== 'so far') lost += 1;
  }
  expect((await store.listUnsettled()).length).toBeGreaterThanOrEqual(accepted.length);
  await store.close();
  return lost;
}

it('every message that was accepted before kill -9 is there afterwards, its answer still running', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'rivulet-crash-'));
  const file = join(folder, 'rivulet.sqlite');
  const accepted: string[] = [];
  let lost = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const more = await acceptUntilKilled(file, acceptancesOf(round));
    lost += await countLost(file, more);
    accepted.push(...more);
  }
  // Those of the first rounds are still there after the last one.
  lost += await countLost(file, accepted);
  console.log(`kill -9: ${ROUNDS} rounds, ${accepted.length} accepted messages, lost ${lost}`);
  expect(lost).toBe(0);
  rmSync(folder, { recursive: true });
}, 600_000);
