/** One service for a test: one gateway on a memory log, or two on one Redis; who asks and who looks on may be on either. */
import type { GatewayOptions } from '../gateway.ts';
import { createRedisEventLog } from '../event-logs/redis.ts';
import { createMemoryFileStore } from '../files/memory.ts';
import { createMemoryStore } from '../stores/memory.ts';
import { startRedis } from './redis-server.ts';
import { startGateway, type StartedGateway } from './start-gateway.ts';

export interface StartedNodes {
  /** Asked by the test; its provider is the one that plays. */
  first: StartedGateway;
  /** The same gateway, or another of the same service. */
  other: StartedGateway;
  stop(): Promise<void>;
}

/** Opens a service each time it is called. */
export interface Service {
  name: string;
  prepare(): Promise<void>;
  open(options: Partial<GatewayOptions>): Promise<StartedNodes>;
  dispose(): Promise<void>;
}

export const ONE_NODE: Service = {
  name: 'one gateway on a memory log',
  prepare: () => Promise.resolve(),
  async open(options) {
    const first = await startGateway(options);
    return { first, other: first, stop: () => first.stop() };
  },
  dispose: () => Promise.resolve(),
};

export function createTwoNodes(): Service {
  let redis: Awaited<ReturnType<typeof startRedis>> | undefined;
  return {
    name: 'two gateways on one Redis',
    async prepare() {
      redis = await startRedis('forgets');
    },
    async open(options) {
      if (redis === undefined) throw new Error('prepare the service first');
      const { url } = redis;
      const store = createMemoryStore();
      const files = { store: createMemoryFileStore(), secret: 'a secret for tests, 32 bytes long' };
      const start = () => startGateway({ ...options, store, files, eventLog: createRedisEventLog({ url }) });
      const [first, other] = [await start(), await start()];
      return {
        first,
        other,
        async stop() {
          // Both share the store: what still runs on one needs it to end.
          await Promise.all([first.gateway.drain(), other.gateway.drain()]);
          await Promise.all([first.stop(), other.stop()]);
        },
      };
    },
    async dispose() {
      await redis?.dispose();
    },
  };
}
