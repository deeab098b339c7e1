/** The command line as a new user meets it (acceptance: from `rivulet init` to the first answer in less than a minute). */
import { join } from 'node:path';
import { mintConversationId, mintMessageId } from '@rivulet/protocol';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { randomBytes } from '../packages/gateway/src/base/random.ts';
import { ProtocolClient } from '../packages/gateway/src/testing/protocol-client.ts';
import {
  createDataFolder,
  startGateway,
  startProcess,
  startUpstream,
  type DataFolder,
} from './support/processes.ts';

const executable = 'packages/gateway/dist/src/cli/main.js';
const MINUTE_MS = 60_000;
let data: DataFolder;
let file: string;
beforeEach(() => {
  data = createDataFolder();
  file = join(data.path, 'rivulet.json');
});
afterEach(() => {
  data.remove();
});

async function run(args: string[], environment: Record<string, string> = {}) {
  const command = startProcess([executable, ...args], environment);
  const code = await command.ended;
  return { code, output: command.lines.join('\n'), errors: command.errors() };
}

it(
  'from init without a terminal to the first answer takes less than a minute',
  { timeout: MINUTE_MS },
  async () => {
    const upstream = await startUpstream();
    const environment = { MODEL_KEY: 'key', PORT: '0' };
    const startedMs = performance.now();
    const flags = ['--key-from', 'MODEL_KEY', '--base-url', upstream.url, '--data', join(data.path, 'data')];
    const init = await run(['init', '--config', file, '--site', 'shop', ...flags], environment);
    expect([init.code, init.errors]).toEqual([0, '']);
    expect(init.output).toContain(`rivulet start --config ${file}`);
    expect((await run(['check', '--config', file], environment)).code).toBe(0);
    const gateway = await startGateway(environment, ['start', '--config', file]);
    const page = await fetch(`${gateway.url}/rivulet.js?site=shop`);
    expect(page.ok).toBe(true);
    const client = await ProtocolClient.connect(gateway.url, { site: 'shop' });
    const ids = { conversationId: mintConversationId(randomBytes), messageId: mintMessageId(randomBytes) };
    client.send({ type: 'send-message', ...ids, parts: [{ type: 'text', text: 'Hello? [[pace:1]]' }] });
    await client.received('run-finished');
    const seconds = (performance.now() - startedMs) / 1000;
    expect(client.text).not.toBe('');
    process.stdout.write(`from rivulet init to the end of the first answer: ${seconds.toFixed(1)} s\n`);
    expect(seconds).toBeLessThan(60);
    await client.close(1000);
    await gateway.end('SIGTERM');
    await upstream.end('SIGTERM');
  },
);

it('the exit code is 2 for wrong usage and configuration, 1 for what is found wrong, and --json says the same', async () => {
  expect((await run(['snippet', '--site', 'nowhere'])).code).toBe(2);
  expect((await run(['chekc'])).code).toBe(2);
  expect((await run(['snippet'], { PORT: 'x' })).code).toBe(2);
  const check = await run(['check', '--json'], { PORT: 'x' });
  expect([check.code, JSON.parse(check.output)]).toMatchObject([
    1,
    { command: 'check', ok: false, exitCode: 1, invalidValues: [{ place: 'PORT' }] },
  ]);
  const valid = await run(['check', '--json']);
  expect(JSON.parse(valid.output)).toMatchObject({ ok: true, sections: [{ title: 'service' }, {}, {}, {}] });
});
