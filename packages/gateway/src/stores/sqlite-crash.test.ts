/** kill -9 right after an acceptance: what a store has resolved is on disk (7). */
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
  const store = createSqliteStore({ file: process.argv[1] });
  for (;;) {
    const { conversationId, answer } = await accepted(store);
    await store.putMessages(conversationId, [withText(answer, 'so far')], 1);
    // Awaited, so that this process ends with EPIPE when its reader is gone.
    await new Promise((written) => process.stdout.write(conversationId + '\\n', written));
  }
`;

it('every message that was accepted before kill -9 is there afterwards, its answer still running', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'rivulet-crash-'));
  const file = join(folder, 'rivulet.sqlite');
  const writer = spawn(process.execPath, ['--input-type=module', '--eval', WRITER, file], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const accepted = [];
  for await (const line of createInterface({ input: writer.stdout })) {
    accepted.push(line);
    if (accepted.length === 20) writer.kill('SIGKILL');
  }
  if (writer.signalCode === null) await once(writer, 'exit');
  expect(writer.signalCode).toBe('SIGKILL');

  const store = createSqliteStore({ file });
  for (const id of accepted) {
    const messages = await store.readMessages(v.parse(ConversationIdSchema, id));
    expect(messages.map(({ parts }) => parts)).toMatchObject([[{ type: 'text' }], [{ text: 'so far' }]]);
  }
  expect((await store.listUnsettled()).length).toBeGreaterThanOrEqual(20);
  await store.close();
  rmSync(folder, { recursive: true });
});
