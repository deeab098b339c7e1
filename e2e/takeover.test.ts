/** Replies of a gateway that is killed or stopped: another one, on the same Redis and Postgres, closes them in time and once. */
import type { ConversationId } from '@rivulet/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ProtocolClient } from '../packages/gateway/src/testing/protocol-client.ts';
import { startPostgres, type PostgresServer } from '../packages/gateway/src/testing/postgres-server.ts';
import { startRedis, type RedisServer } from '../packages/gateway/src/testing/redis-server.ts';
import { startUpstream, type Upstream } from '../packages/gateway/src/testing/upstream/upstream.ts';
import { ask, greet } from './support/protocol-visitor.ts';
import { createDataFolder, startGateway, type GatewayProcess } from './support/processes.ts';
import { quantile, scaled } from './support/scale.ts';

const KILLS = scaled({ sample: 1, full: 10 });
const REPLIES = 100;
/** From the kill to the end that a viewer on another gateway is shown. */
const MAX_ORPHANED_MS = 15_000;
const TEXT = 'The first half of a sentence';

let upstream: Upstream;
let postgres: PostgresServer;
let redis: RedisServer;
let environment: Record<string, string>;
let survivors: GatewayProcess[];
const data = createDataFolder();

beforeAll(async () => {
  [upstream, postgres, redis] = await Promise.all([startUpstream(), startPostgres(), startRedis('volatile')]);
  environment = {
    OPENAI_API_KEY: 'key',
    OPENAI_BASE_URL: upstream.url,
    RIVULET_DATA: data.path,
    RIVULET_POSTGRES_URL: postgres.connectionString,
    RIVULET_REDIS_URL: redis.url,
    RIVULET_SECRET: 'one secret for all gateways of a service',
  };
  survivors = [await startGateway(environment), await startGateway(environment)];
});
afterAll(async () => {
  await Promise.all(survivors.map((each) => each.end('SIGKILL')));
  await Promise.all([upstream.close(), postgres.dispose(), redis.dispose()]);
  data.remove();
});

interface Orphan {
  conversationId: ConversationId;
  token: string;
  /** On one of the gateways that live on. */
  viewer: ProtocolClient;
}

/** Begins replies on a gateway, one after the other, so that their leases are renewed at different moments. */
async function beginReplies(gateway: GatewayProcess, count: number): Promise<Orphan[]> {
  const replies: Orphan[] = [];
  const { client, token } = await greet(gateway.url);
  for (let index = 0; index < count; index += 1) {
    const { conversationId, commandId } = ask(client, 'Is anybody there? [[hang-mid]]');
    await client.answer(commandId);
    const viewer = await ProtocolClient.connect(urlOf(index), { token, subscriptions: [{ conversationId }] });
    await viewer.until(() => viewer.text === TEXT);
    replies.push({ conversationId, token, viewer });
  }
  return replies;
}

const urlOf = (index: number): string => survivors[index % survivors.length]?.url ?? '';
const reasonOf = ({ viewer }: Pick<Orphan, 'viewer'>) =>
  viewer.view?.conversation.messages.at(-1)?.run?.reason;
/** How long it takes from now on until each reply is closed for its viewer, in milliseconds. */
async function closingTimes(orphans: readonly Orphan[]): Promise<number[]> {
  const startMs = performance.now();
  return Promise.all(
    orphans.map(async (orphan) => {
      await orphan.viewer.until(() => reasonOf(orphan) !== undefined);
      return performance.now() - startMs;
    }),
  );
}

/** The events of a conversation in Redis. */
const logOf = async ({ conversationId }: Orphan) =>
  (await redis.run('LRANGE', `rivulet:{${conversationId}}:events`, 0, -1)) as string[]; // as Redis answers LRANGE

const endsIn = (log: readonly string[]) => log.filter((event) => event.includes('"run-finished"')).length;

describe('the replies of a gateway that is gone', () => {
  it(
    `are closed once, with their text, within 15 s of its end (3, 7)`,
    { timeout: 60_000 * KILLS },
    async () => {
      const times: number[] = [];
      for (let kill = 0; kill < KILLS; kill += 1) {
        const victim = await startGateway(environment);
        const orphans = await beginReplies(victim, REPLIES);
        await victim.end('SIGKILL');
        times.push(...(await closingTimes(orphans)));
        for (const orphan of orphans) {
          expect([reasonOf(orphan), orphan.viewer.text]).toEqual(['interrupted', TEXT]);
          expect(endsIn(await logOf(orphan))).toBe(1);
          await orphan.viewer.cut();
        }
      }
      const [p50, p99, max] = [0.5, 0.99, 1].map((share) => (quantile(times, share) / 1000).toFixed(1));
      console.log(
        `${times.length} replies of killed gateways closed: p50 ${p50} s, p99 ${p99} s, max ${max} s`,
      );
      expect(quantile(times, 0.99)).toBeLessThan(MAX_ORPHANED_MS);
    },
  );

  it(
    'are not written any more when it was stopped (SIGSTOP) and goes on (3)',
    { timeout: 60_000 },
    async () => {
      const stopped = await startGateway(environment);
      const orphans = await beginReplies(stopped, 20);
      stopped.child.kill('SIGSTOP');
      const times = await closingTimes(orphans);
      const logs = await Promise.all(orphans.map(logOf));
      // Its upstream goes on while it is stopped: the rest of each answer is there when it reads again.
      upstream.release();
      stopped.child.kill('SIGCONT');
      // It exits when its runs are over, so that everything it would write is written.
      expect(await stopped.end('SIGTERM')).toBe(0);
      expect(await Promise.all(orphans.map(logOf))).toEqual(logs);
      for (const { conversationId, token } of orphans) {
        const viewer = await ProtocolClient.connect(urlOf(0), { token, subscriptions: [{ conversationId }] });
        await viewer.until(() => viewer.text === TEXT);
        expect(reasonOf({ viewer })).toBe('interrupted');
      }
      console.log(`replies of a stopped gateway closed: p99 ${(quantile(times, 0.99) / 1000).toFixed(1)} s`);
    },
  );
});
