/** The topology of examples/cluster: nginx without sticky sessions, two gateways, Redis and Postgres. Deploys and crashes lose nothing. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HttpProtocolClient } from '../packages/gateway/src/testing/http-protocol-client.ts';
import { ProtocolClient } from '../packages/gateway/src/testing/protocol-client.ts';
import { startUpstream, type Upstream } from '../packages/gateway/src/testing/upstream/upstream.ts';
import { startCluster, startClusterNginx, type Cluster } from './support/cluster.ts';
import { openVisitor, type TransportName, type Visitor } from './support/cluster-visitor.ts';
import { ask, greet } from './support/protocol-visitor.ts';

const HALF = 'The first half of a sentence';
const WHOLE = 'The first half of a sentence and the second half.';
/** Longer than nginx leaves a gateway alone that has refused a connection, on a busy machine. */
const PATIENT = { timeout: 20_000 };
const TRANSPORTS: TransportName[] = ['websocket', 'sse', 'long-poll'];

let upstream: Upstream;
let cluster: Cluster;
beforeAll(async () => {
  upstream = await startUpstream();
  cluster = await startCluster(upstream.url);
});
afterAll(async () => {
  await cluster.close();
  await upstream.close();
});

const openAll = (perTransport: number) =>
  TRANSPORTS.flatMap((name) => Array.from({ length: perTransport }, () => openVisitor(cluster.url, name)));

/** Sends a question from each visitor, and waits until each sees the first half of the answer. */
async function askAll(visitors: readonly Visitor[], question: string): Promise<void> {
  await Promise.all(
    visitors.map(async (visitor) => {
      await visitor.chat.sendMessage(`${question} [[hang-mid]]`);
      await visitor.until(() => visitor.text === HALF);
    }),
  );
}

const untilEnded = (visitors: readonly Visitor[]) =>
  Promise.all(
    visitors.map((visitor) =>
      visitor.until(({ isAnswering, pending }) => !isAnswering && pending.length === 0),
    ),
  );

describe('behind nginx without sticky sessions', () => {
  it('a gateway that is drained in mid-answer and replaced, and then one that is killed, lose nothing on any transport', async () => {
    const visitors = openAll(2);
    await askAll(visitors, 'First');
    const [first, second] = cluster.gateways;
    const exitCode = first!.end('SIGTERM');
    await expect.poll(async () => (await fetch(`${first!.url}/readyz`)).status, PATIENT).toBe(503);
    upstream.release();
    await untilEnded(visitors);
    expect(visitors.map(({ text }) => text)).toEqual(visitors.map(() => WHOLE));
    expect(visitors.map(({ answer }) => answer?.run?.reason)).toEqual(visitors.map(() => 'stop'));
    expect(await exitCode).toBe(0);
    await cluster.restart(0);

    // New visitors, because those of before have left for the second gateway; as soon as nginx uses the first one again.
    await expect.poll(() => cluster.sessionsAfterJoin(0), PATIENT).toBeGreaterThan(0);
    const all = [...visitors, ...openAll(2)];
    await askAll(all, 'Second');
    await second!.end('SIGKILL');
    upstream.release();
    await untilEnded(all);
    const reasons = all.map(({ answer }) => answer?.run?.reason);
    const interrupted = reasons.filter((reason) => reason === 'interrupted').length;
    console.log(`a killed gateway: of ${all.length} answers ${interrupted} were interrupted`);
    expect(all.map(({ text }) => text)).toEqual(
      reasons.map((reason) => (reason === 'interrupted' ? HALF : WHOLE)),
    );
    expect(interrupted).toBeGreaterThan(0);
    expect(interrupted).toBeLessThan(all.length);
    await cluster.restart(1);

    await askAll(all, 'Third');
    upstream.release();
    await untilEnded(all);
    for (const { chat, ends, text } of all) {
      const { id, messages } = chat.snapshot.conversation;
      const questions = messages.flatMap(({ role, parts }) =>
        role === 'user' ? parts.map((part) => (part.type === 'text' ? part.text.split(' ')[0] : '')) : [],
      );
      expect(questions).toEqual(['First', 'Second', 'Third'].slice(-questions.length));
      expect(messages).toHaveLength(2 * questions.length);
      expect(
        [...ends.values()].every((ended) => ended.length === 1),
        `${id} ended once`,
      ).toBe(true);
      expect(text).toBe(WHOLE);
      chat.close();
    }
  }, 180_000);

  it.each(['sse', 'poll'] as const)(
    '%s: commands and events of one visitor may take different gateways',
    async (mode) => {
      const client = await HttpProtocolClient.connect(cluster.url, mode);
      const { conversationId, messageId } = ask(client, 'Stop me [[hang-mid]]');
      await client.until(() => client.text === HALF);
      await client.answer(client.send({ type: 'abort-run', conversationId, messageId }));
      await client.until(() => client.view?.conversation.messages.at(-1)?.run?.reason === 'aborted');
      expect(client.text).toBe(HALF);
      client.cut();
    },
  );

  it('a viewer of each gateway follows an answer through nginx, and no operator is let in', async () => {
    const { client, token } = await greet(cluster.url);
    const { conversationId } = ask(client, 'For many [[hang-mid]]');
    await client.until(() => client.text === HALF);
    const join = () => ProtocolClient.connect(cluster.url, { token, subscriptions: [{ conversationId }] });
    const viewers = await Promise.all([join(), join(), join(), join()]);
    upstream.release();
    await Promise.all(viewers.map((viewer) => viewer.until(() => viewer.text === WHOLE)));
    for (const path of ['/metrics', '/v1/holds'])
      expect((await fetch(cluster.url + path)).status, path).toBeGreaterThanOrEqual(401);
  });
});

/** A server in the place of a gateway: it has these files of the widget, under names with a hash. */
async function startFiles(
  files: Readonly<Record<string, string>>,
): Promise<{ server: Server; address: string }> {
  const server = createServer(({ url = '' }, response) => {
    const content = files[url];
    if (content === undefined) response.writeHead(404).end();
    else response.writeHead(200, { 'Cache-Control': 'public, max-age=31536000, immutable' }).end(content);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, address: `127.0.0.1:${(server.address() as AddressInfo).port}` }; // a server on TCP
}

describe('the files of the widget during a rolling deploy', () => {
  it('are found on the gateway that has them, and after it is gone in the cache of nginx', async () => {
    const older = await startFiles({ '/rivulet/app-old.js': 'old' });
    const newer = await startFiles({ '/rivulet/app-new.js': 'new' });
    const nginx = await startClusterNginx([older.address, newer.address]);
    const get = async (name: string) => {
      const response = await fetch(`${nginx.url}/rivulet/${name}`);
      return `${response.status} ${await response.text()}`;
    };
    for (let round = 0; round < 3; round += 1) {
      expect(await get('app-old.js')).toBe('200 old');
      expect(await get('app-new.js')).toBe('200 new');
      expect(await get(`app-none-${round}.js`)).toMatch(/^404/);
    }
    older.server.close();
    older.server.closeAllConnections();
    expect(await get('app-old.js')).toBe('200 old');
    newer.server.close();
    newer.server.closeAllConnections();
    await nginx.close();
  });
});
