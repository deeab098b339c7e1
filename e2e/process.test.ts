/** The executable as an operator runs it: signals, configuration errors, logs. */
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { mintConversationId, mintMessageId } from '@rivulet/protocol';
import { afterAll, describe, expect, it } from 'vitest';
import { randomBytes } from '../packages/gateway/src/base/random.ts';
import { ProtocolClient } from '../packages/gateway/src/testing/protocol-client.ts';
import { releaseWords } from './support/gated-answers.ts';
import { createDataFolder, startGateway, startProcess, startUpstream } from './support/processes.ts';

const data = createDataFolder();
afterAll(() => {
  data.remove();
});
const RIVULET_DATA = data.path;

describe('the executable', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'sends a drain event, closes its connections and exits with 0 on %s',
    async (signal) => {
      const gateway = await startGateway({ RIVULET_DATA });
      const client = await ProtocolClient.connect(gateway.url);
      expect(await gateway.end(signal)).toBe(0);
      expect(client.events.some(({ type }) => type === 'draining')).toBe(true);
      expect(await client.closed).toEqual({ code: 4000 });
    },
  );

  it('serves operators on a port of their own, and strangers nothing of theirs', async () => {
    const folder = createDataFolder();
    const environment = { RIVULET_DATA: folder.path, PORT: '0', RIVULET_ADMIN_PORT: '0' };
    const gateway = startProcess(['packages/gateway/dist/src/cli/main.js'], environment);
    const [, admin = ''] = await gateway.waitForOutput(/Operators are served at (http\S+)/);
    const [, url = ''] = await gateway.waitForOutput(/Rivulet is at (http\S+)/);
    const statuses = [
      `${admin}/metrics`,
      `${url}/metrics`,
      `${admin}/v1/conversations`,
      `${url}/nothing`,
    ].map(async (each) => (await fetch(each)).status);
    expect(await Promise.all(statuses)).toEqual([200, 403, 404, 404]);
    const { headers } = await fetch(`${url}/nothing`);
    expect([headers.get('cache-control'), headers.get('x-content-type-options')]).toEqual([
      'no-store',
      'nosniff',
    ]);
    expect(await gateway.end('SIGTERM')).toBe(0);
    folder.remove();
  });

  it('names every invalid setting and exits with 1', async () => {
    const file = join(RIVULET_DATA, 'bad.json');
    writeFileSync(file, '{"limits":{"drainMs":-1},"colour":"red"}');
    const gateway = startProcess(['packages/gateway/dist/src/cli/main.js', '--config', file], {
      PORT: 'x',
      LOG_LEVEL: 'loud',
    });
    let errors = '';
    gateway.child.stderr?.on('data', (chunk: Buffer) => (errors += chunk.toString()));
    await expect(gateway.waitForOutput(/http/)).rejects.toThrow('the process exited before');
    expect(gateway.child.exitCode).toBe(1);
    for (const deployment of ['PORT', 'LOG_LEVEL', 'limits.drainMs', 'colour'])
      expect(errors).toContain(deployment);
  });

  it('reports that its port is taken, and exits', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    const gateway = startProcess(['packages/gateway/dist/src/cli/main.js'], {
      RIVULET_DATA,
      PORT: `${port}`,
    });
    await expect(gateway.waitForOutput(/http/)).rejects.toThrow(`port ${port} of 127.0.0.1 is taken`);
    other.close();
  });

  it('refuses to start on the data folder of a running gateway, whose running reply goes on to its end (G25)', async () => {
    const folder = createDataFolder();
    const upstream = await startUpstream();
    const environment = {
      RIVULET_DATA: folder.path,
      OPENAI_API_KEY: 'key',
      OPENAI_BASE_URL: upstream.url,
    };
    const first = await startGateway(environment);
    const client = await ProtocolClient.connect(first.url);
    const conversationId = mintConversationId(randomBytes);
    const question = 'Does it go on? [[words:6]]';
    const parts = [{ type: 'text' as const, text: question }];
    client.send({ type: 'send-message', conversationId, messageId: mintMessageId(randomBytes), parts });
    await releaseWords(upstream, question, 1);
    await client.until(() => client.text.includes('word1'));
    const second = startProcess(['packages/gateway/dist/src/cli/main.js'], { ...environment, PORT: '0' });
    expect(await second.ended).toBe(1);
    expect(second.errors()).toContain(`is used by another gateway: process ${first.child.pid} on `);
    const finished = client.received('run-finished');
    await releaseWords(upstream, question, 5);
    expect(await finished).toMatchObject({ reason: 'stop' });
    expect(client.text).toContain('word6');
    await first.end('SIGKILL');
    const third = await startGateway(environment);
    await third.end('SIGTERM');
    await upstream.end('SIGTERM');
    folder.remove();
  });

  it('logs a failed run as JSON with its error code, without message text or credentials', async () => {
    const upstream = await startUpstream();
    const environment = {
      RIVULET_DATA,
      OPENAI_API_KEY: 'sk-very-secret',
      OPENAI_BASE_URL: upstream.url,
      LOG_LEVEL: 'debug',
    };
    const gateway = await startGateway(environment);
    const client = await ProtocolClient.connect(gateway.url);
    const conversationId = mintConversationId(randomBytes);
    const parts = [{ type: 'text' as const, text: 'my private words [[401]]' }];
    client.send({ type: 'send-message', conversationId, messageId: mintMessageId(randomBytes), parts });
    const finished = await client.received('run-finished');
    const [line] = await gateway.waitForOutput(/^\{.*"run failed".*$/);
    expect(JSON.parse(line)).toMatchObject({
      code: 'upstream-unconfigured',
      ref: finished.error?.ref,
      cause: { status: 401 },
    });
    const log = gateway.lines.join('\n');
    for (const secret of [
      'my private words',
      'sk-very-secret',
      client.events.find((e) => e.type === 'welcome')?.token,
    ]) {
      expect(log).not.toContain(secret);
    }
    expect(await gateway.end('SIGTERM')).toBe(0);
    await upstream.end('SIGTERM');
  });
});
