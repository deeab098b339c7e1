/** The contract of the event log on a Redis Cluster of three shards. */
import type { Socket } from 'node:net';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { systemClock } from '../base/index.ts';
import { describeEventLog } from '../testing/contracts/event-log-contract.ts';
import { passLogTime } from '../testing/pass-log-time.ts';
import { startRedisCluster, type RedisCluster } from '../testing/redis-cluster.ts';
import { createRedisEventLog } from './redis.ts';
import { isCluster } from './redis-cluster.ts';
import { RedisConnections } from './redis-connections.ts';
import { createConnector } from './redis-connector.ts';

const TIMEOUT_MS = 60_000;
let cluster: RedisCluster;
beforeAll(async () => {
  cluster = await startRedisCluster('volatile');
}, TIMEOUT_MS);
afterAll(() => cluster.dispose(), TIMEOUT_MS);

let opened = 0;

describeEventLog('redis cluster', () => {
  opened += 1;
  const prefix = `test-${opened}`;
  const eventLog = createRedisEventLog({ url: cluster.url, prefix, window: { maxEvents: 32 } });
  return {
    eventLog,
    windowEvents: 32,
    passTime: async (byMs) => {
      await Promise.all(cluster.shards.map((shard) => passLogTime(shard, prefix, byMs)));
    },
    trimBroadcasts: async () => {
      await cluster.runAll('CLIENT', 'KILL', 'TYPE', 'pubsub');
    },
    dispose: () => eventLog.close(),
  };
});

it('commands that are issued together are one write to the socket of each shard', async () => {
  const connections = new RedisConnections(createConnector(cluster.url), () => undefined);
  await connections.check(systemClock);
  const servers = isCluster(connections.client) ? connections.client.nodes('master') : [];
  await Promise.all(servers.map((server) => server.ping())); // a connection that is not open yet writes later
  const writes = servers.map(({ stream }) =>
    vi.spyOn(stream as Socket & Pick<Required<Socket>, '_writev'>, '_writev'),
  );
  const answers: Promise<unknown>[] = [];
  connections.corked(() => {
    for (let index = 0; index < 60; index += 1) answers.push(connections.client.get(`key-${index}`));
  });
  expect(await Promise.all(answers)).toEqual(Array.from({ length: 60 }, () => null));
  expect(writes.map(({ mock }) => mock.calls.length)).toEqual([1, 1, 1]);
  connections.disconnect();
});
