/** Deployments for tests that run against both: one gateway with a memory event log, and two gateways that share one Redis. */
import type { GatewayOptions } from '../gateway-options.ts';
import { createRedisEventLog } from '../event-logs/redis.ts';
import { createMemoryFileStore } from '../files/memory.ts';
import { createMemoryStore } from '../stores/memory.ts';
import { startRedis } from './redis-server.ts';
import { startGateway, type StartedGateway } from './start-gateway.ts';

/** The gateways of a deployment. */
export interface StartedNodes {
  /** The gateway that the test sends messages to, so its provider is called. */
  first: StartedGateway;
  /** Another gateway of the deployment; the same as `first` when there is only one. */
  other: StartedGateway;
  /** Stops all gateways. */
  stop(): Promise<void>;
}

/** A kind of deployment, from which each test opens its own. */
export interface Service {
  /** The name in test titles. */
  name: string;
  /** Starts the shared servers. Call it once, before all tests. */
  prepare(): Promise<void>;
  /** Starts new gateways with these options. */
  open(options: Partial<GatewayOptions>): Promise<StartedNodes>;
  /** Stops the shared servers, after all tests. */
  dispose(): Promise<void>;
}

/** One gateway with a memory event log. */
export const ONE_NODE: Service = {
  name: 'one gateway on a memory log',
  prepare: () => Promise.resolve(),
  async open(options) {
    const first = await startGateway(options);
    return { first, other: first, stop: () => first.stop() };
  },
  dispose: () => Promise.resolve(),
};

/** Two gateways that share one Redis event log and one store. */
export function createTwoNodes(): Service {
  let redis: Awaited<ReturnType<typeof startRedis>> | undefined;
  return {
    name: 'two gateways on one Redis',
    async prepare() {
      redis = await startRedis('volatile');
    },
    async open(options) {
      if (redis === undefined) throw new Error('no Redis server: call prepare() before open()');
      const { url } = redis;
      const store = createMemoryStore();
      const files = { store: createMemoryFileStore(), secret: 'a secret for tests, 32 bytes long' };
      const start = () => startGateway({ ...options, store, files, eventLog: createRedisEventLog({ url }) });
      const [first, other] = [await start(), await start()];
      return {
        first,
        other,
        async stop() {
          // Drain both first: a run on one gateway needs the shared store to end.
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
