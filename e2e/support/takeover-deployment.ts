/** Gateways on one Redis and one Postgres, of which some are killed or stopped while they write replies. */
import type { ConversationId } from '@rivulet/protocol';
import { ProtocolClient } from '../../packages/gateway/src/testing/protocol-client.ts';
import { startPostgres } from '../../packages/gateway/src/testing/postgres-server.ts';
import { startRedis } from '../../packages/gateway/src/testing/redis-server.ts';
import { startUpstream, type Upstream } from '../../packages/gateway/src/testing/upstream/upstream.ts';
import { ask, greet } from './protocol-visitor.ts';
import { createDataFolder, startGateway, type GatewayProcess } from './processes.ts';

/** A reply of a gateway that is about to die. */
export interface Orphan {
  conversationId: ConversationId;
  /** Of the visitor who asked. */
  token: string;
  /** On one of the gateways that live on. */
  viewer: ProtocolClient;
}

/** What the upstream writes before it waits for its release. */
export const HALF = 'The first half of a sentence';
/** What it writes altogether. */
export const WHOLE = `${HALF} and the second half.`;

/** The servers and the gateways that live on. */
export interface TakeoverDeployment {
  upstream: Upstream;
  /** Starts a gateway that the test ends. */
  startVictim(): Promise<GatewayProcess>;
  /** The URL of one of two gateways that live on. */
  urlOf(index: number): string;
  /** Begins replies one after the other, so that their leases are renewed at different moments. */
  beginReplies(gateway: GatewayProcess, count: number): Promise<Orphan[]>;
  /** How many replies have the response of their upstream in their stored note. */
  notedResponses(): Promise<number>;
  /** The events of a conversation in Redis, as JSON. */
  logOf(orphan: Orphan): Promise<string[]>;
  close(): Promise<void>;
}

/** Starts the servers and two gateways. */
export async function openTakeoverDeployment(
  settings: Record<string, string> = {},
): Promise<TakeoverDeployment> {
  const data = createDataFolder();
  const [upstream, postgres, redis] = await Promise.all([
    startUpstream(),
    startPostgres(),
    startRedis('volatile'),
  ]);
  const startVictim = () =>
    startGateway({
      OPENAI_API_KEY: 'key',
      OPENAI_BASE_URL: upstream.url,
      RIVULET_DATA: data.path,
      RIVULET_POSTGRES_URL: postgres.connectionString,
      RIVULET_REDIS_URL: redis.url,
      RIVULET_SECRET: 'one secret for all gateways of a service',
      ...settings,
    });
  const survivors = [await startVictim(), await startVictim()];
  const urlOf = (index: number) => survivors[index % survivors.length]?.url ?? '';
  return {
    upstream,
    startVictim,
    urlOf,
    async beginReplies(gateway, count) {
      const replies: Orphan[] = [];
      const { client, token } = await greet(gateway.url);
      for (let index = 0; index < count; index += 1) {
        const { conversationId, commandId } = ask(client, 'Is anybody there? [[hang-mid]]');
        await client.answer(commandId);
        const viewer = await ProtocolClient.connect(urlOf(index), {
          token,
          subscriptions: [{ conversationId }],
        });
        await viewer.until(() => viewer.text === HALF);
        replies.push({ conversationId, token, viewer });
      }
      return replies;
    },
    notedResponses: async () => {
      const noted = `SELECT DISTINCT message_id FROM rivulet_progress WHERE events LIKE '%"response":{%'`;
      return (await postgres.run(noted)).length;
    },
    logOf: async ({ conversationId }) =>
      (await redis.run('LRANGE', `rivulet:{${conversationId}}:events`, 0, -1)) as string[], // as Redis answers LRANGE
    async close() {
      await Promise.all(survivors.map((each) => each.end('SIGKILL')));
      await Promise.all([upstream.close(), postgres.dispose(), redis.dispose()]);
      data.remove();
    },
  };
}

/** Why the reply has ended for its viewer; undefined while it is written. */
export const reasonOf = ({ viewer }: Pick<Orphan, 'viewer'>) =>
  viewer.view?.conversation.messages.at(-1)?.run?.reason;

/** How long it takes from now on until each reply has ended for its viewer, in milliseconds. */
export async function closingTimes(orphans: readonly Orphan[]): Promise<number[]> {
  const startMs = performance.now();
  return Promise.all(
    orphans.map(async (orphan) => {
      await orphan.viewer.until(() => reasonOf(orphan) !== undefined);
      return performance.now() - startMs;
    }),
  );
}

/** How many ends the log has. */
export const endsIn = (log: readonly string[]): number =>
  log.filter((event) => event.includes('"run-finished"')).length;
