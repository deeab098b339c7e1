/** The delivery suite: what two gateways on one Redis and one Postgres must do for each other's visitors, whatever their versions. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ProtocolClient } from '../../packages/gateway/src/testing/protocol-client.ts';
import { startPostgres, type PostgresServer } from '../../packages/gateway/src/testing/postgres-server.ts';
import { startRedis, type RedisServer } from '../../packages/gateway/src/testing/redis-server.ts';
import { startUpstream, type Upstream } from '../../packages/gateway/src/testing/upstream/upstream.ts';
import { ask, greet } from './protocol-visitor.ts';
import { createDataFolder, type GatewayProcess } from './processes.ts';

/** The gateways of a suite. */
export interface Gateways {
  /** Writes the replies; the last test kills it. */
  one: GatewayProcess;
  /** Like `one`; a test drains it. */
  leaving: GatewayProcess;
  /** Serves the viewers of those replies. */
  other: GatewayProcess;
}

const reasonOf = (client: ProtocolClient) => client.view?.conversation.messages.at(-1)?.run?.reason;

/** Defines the tests. Call it within a `describe`. @param start starts the gateways, each with this environment */
export function describeDelivery(start: (environment: Record<string, string>) => Promise<Gateways>): void {
  let upstream: Upstream;
  let postgres: PostgresServer;
  let redis: RedisServer;
  let gateways: Gateways;
  let one: GatewayProcess;
  let other: GatewayProcess;
  const data = createDataFolder();

  beforeAll(async () => {
    [upstream, postgres, redis] = await Promise.all([
      startUpstream(),
      startPostgres(),
      startRedis('volatile'),
    ]);
    gateways = await start({
      OPENAI_API_KEY: 'key',
      OPENAI_BASE_URL: upstream.url,
      RIVULET_DATA: data.path,
      RIVULET_POSTGRES_URL: postgres.connectionString,
      RIVULET_REDIS_URL: redis.url,
      RIVULET_SECRET: 'one secret for all gateways of a service',
      RIVULET_WHEN_UNWATCHED: '3000',
    });
    ({ one, other } = gateways);
  });
  afterAll(async () => {
    await Promise.all(Object.values(gateways).map((each: GatewayProcess) => each.end('SIGKILL')));
    await Promise.all([upstream.close(), postgres.dispose(), redis.dispose()]);
    data.remove();
  });

  it('show a reply that one writes to the viewers of both, with identical text', async () => {
    const { client, token } = await greet(one.url);
    const { conversationId } = ask(client, 'Watch me [[hang-mid]]');
    await client.until(() => client.text.includes('first half'));
    const viewer = await ProtocolClient.connect(other.url, { token, subscriptions: [{ conversationId }] });
    await viewer.until(() => viewer.text.includes('first half'));
    upstream.release();
    await Promise.all([client, viewer].map((each) => each.received('run-finished')));
    expect(viewer.view).toEqual(client.view);
    expect(viewer.text).toBe('The first half of a sentence and the second half.');
  });

  it('let a disconnected viewer resume on the other gateway from its cursor', async () => {
    const { client, token } = await greet(one.url);
    const { conversationId } = ask(client, 'Resume me [[hang-mid]]');
    await client.until(() => client.text.includes('first half'));
    await client.cut();
    upstream.release();
    const cursor = client.view!.position;
    const hello = { token, subscriptions: [{ conversationId, cursor }], view: client.view };
    const viewer = await ProtocolClient.connect(other.url, hello);
    await viewer.until(() => reasonOf(viewer) === 'stop');
    expect(viewer.events.some(({ type }) => type === 'snapshot')).toBe(false);
    expect(viewer.text).toBe('The first half of a sentence and the second half.');
  });

  it('stop a reply that the other writes, and its upstream request is aborted', async () => {
    const { client, token } = await greet(one.url);
    const { conversationId, messageId } = ask(client, 'Stop me [[hang-mid]]');
    await client.until(() => client.text.includes('first half'));
    const stopper = await ProtocolClient.connect(other.url, { token });
    await stopper.answer(stopper.send({ type: 'abort-run', conversationId, messageId }));
    await upstream.waitFor({ state: 'client-closed', count: 1 });
    expect(await client.received('run-finished')).toMatchObject({ reason: 'aborted' });
    expect(client.text).toBe('The first half of a sentence');
  });

  it('stop a reply when the viewers of both have disconnected, and keep its text', async () => {
    const { client, token } = await greet(one.url);
    const { conversationId } = ask(client, 'Leave me [[hang-mid]]');
    await client.until(() => client.text.includes('first half'));
    const viewer = await ProtocolClient.connect(other.url, { token, subscriptions: [{ conversationId }] });
    await viewer.until(() => viewer.text.includes('first half'));
    const left = (await upstream.waitFor({ state: 'client-closed', count: 0 })).length;
    await Promise.all([client.cut(), viewer.cut()]);
    await upstream.waitFor({ state: 'client-closed', count: left + 1 });
    const back = await ProtocolClient.connect(other.url, { token, subscriptions: [{ conversationId }] });
    await back.until(() => reasonOf(back) === 'aborted');
    expect(back.text).toBe('The first half of a sentence');
  });

  it('write replies one after the other when both accept messages of one conversation', async () => {
    const { client, token } = await greet(one.url);
    const { conversationId } = ask(client, 'First [[hang-mid]]');
    await client.until(() => client.text.includes('first half'));
    const second = await ProtocolClient.connect(other.url, { token });
    await second.answer(ask(second, 'Second', conversationId).commandId);
    upstream.release();
    await second.until(
      () => second.view?.conversation.messages.filter(({ run }) => run?.reason).length === 2,
    );
    const reasons = second.view?.conversation.messages.flatMap(({ run }) => run?.reason ?? []);
    expect(reasons).toEqual(['stop', 'stop']);
    expect(second.text).toContain('You asked: **Second**');
  });

  it('erase a conversation whose reply the other writes: its run is stopped, its viewers are notified, nothing remains', async () => {
    const { client, token } = await greet(one.url);
    const { conversationId } = ask(client, 'Forget me [[hang-mid]]');
    await client.until(() => client.text.includes('first half'));
    const call = (method: string, path: string) =>
      fetch(`${other.url}/v1/${path}`, { method, headers: { Authorization: `Bearer ${token}` } });
    const viewer = await ProtocolClient.connect(one.url, { token, subscriptions: [{ conversationId }] });
    expect((await call('DELETE', `conversations/${conversationId}`)).status).toBe(204);
    for (const each of [client, viewer])
      expect((await each.received('conversation-removed')).conversationId).toBe(conversationId);
    expect(await (await call('GET', 'conversations')).json()).toEqual({ conversations: [] });
  });

  it('send typing events to the viewers of both', async () => {
    const { client, token } = await greet(one.url);
    const { conversationId } = ask(client, 'Hello');
    // Not `run-finished`: the answer may be complete before the snapshot of its conversation, which then contains it.
    await client.until(() => reasonOf(client) === 'stop');
    const viewer = await ProtocolClient.connect(other.url, { token, subscriptions: [{ conversationId }] });
    await viewer.received('synced');
    await client.answer(client.send({ type: 'typing', conversationId, isTyping: true }));
    expect(await viewer.received('typing')).toMatchObject({ conversationId, isTyping: true });
  });

  it('lead the visitor of a drained gateway to the other in mid-answer: the answer is whole, nothing is sent twice', async () => {
    const { leaving } = gateways;
    const { client, token } = await greet(leaving.url);
    const { conversationId } = ask(client, 'Move me [[hang-mid]]');
    await client.until(() => client.text.includes('first half'));
    const exitCode = leaving.end('SIGTERM');
    await client.received('draining');
    await client.cut();
    const cursor = client.view!.position;
    const hello = { token, subscriptions: [{ conversationId, cursor }], view: client.view };
    const viewer = await ProtocolClient.connect(other.url, hello);
    await viewer.received('synced');
    upstream.release();
    await viewer.until(() => reasonOf(viewer) === 'stop');
    expect(viewer.text).toBe('The first half of a sentence and the second half.');
    expect(viewer.events.some(({ type }) => type === 'snapshot')).toBe(false);
    expect(await exitCode).toBe(0);
    ask(viewer, 'Go on', conversationId);
    await viewer.until(() => viewer.text.includes('You asked: **Go on**') && reasonOf(viewer) === 'stop');
  });

  it('close the reply of a killed gateway as interrupted, keep its text, and continue the conversation', async () => {
    const { client, token } = await greet(one.url);
    const { conversationId } = ask(client, 'Survive [[hang-mid]]');
    await client.until(() => client.text.includes('first half'));
    const viewer = await ProtocolClient.connect(other.url, { token, subscriptions: [{ conversationId }] });
    // What the other gateway shows is in the log; what this one has shown in the last 50 ms may be lost with it.
    await viewer.until(() => viewer.text.includes('first half'));
    await one.end('SIGKILL');
    // The lease of the killed gateway expires after 15 s; then two sweeps, 10 s apart, must find it expired.
    await viewer.until(() => reasonOf(viewer) === 'interrupted');
    expect(viewer.text).toBe('The first half of a sentence');
    ask(viewer, 'Go on', conversationId);
    await viewer.until(() => reasonOf(viewer) === 'stop');
  });
}
