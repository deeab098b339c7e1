/** The deployments that are attacked: one gateway, two on one Redis, and two whose Redis is killed meanwhile. */
import { createMemoryEventLog } from '../../event-logs/memory.ts';
import { createRedisEventLog } from '../../event-logs/redis.ts';
import type { GatewayOptions } from '../../gateway-options.ts';
import type { RateLimiter } from '../../rate-limits/rate-limiter.ts';
import { createRedisRateLimiter } from '../../rate-limits/redis.ts';
import { createMemoryStore } from '../../stores/memory.ts';
import { startRedis } from '../redis-server.ts';
import { startGateway, type StartedGateway } from '../start-gateway.ts';
import { createCountingProvider, type Asked } from './counting-provider.ts';

/** Running gateways under their default limits, behind one proxy. */
export interface Deployment {
  /** What a name has asked, as `CountingProvider.asked`. */
  asked: (name: string) => Asked;
  urls: readonly string[];
  /** Called when half of the messages are sent. */
  onHalf: () => Promise<void>;
  stop(): Promise<void>;
}

/** A kind of deployment. */
export type DeploymentKind =
  'one gateway' | 'two gateways on one Redis' | 'two gateways whose Redis is killed';
/** All kinds. */
export const DEPLOYMENT_KINDS: readonly DeploymentKind[] = [
  'one gateway',
  'two gateways on one Redis',
  'two gateways whose Redis is killed',
];

const SITES = [
  { id: 'demo', origins: ['*'] },
  { id: 'other', origins: ['*'] },
];

/** Starts a deployment. @param pause waits as long as an answer takes */
export async function deploy(kind: DeploymentKind, pause: () => Promise<void>): Promise<Deployment> {
  const { provider, asked } = createCountingProvider(pause);
  const common: Partial<GatewayOptions> = { provider, sites: SITES, rateLimits: {}, trustProxy: 1 };
  if (kind === 'one gateway') {
    const gateway = await startGateway(common);
    return { urls: [gateway.url], asked, onHalf: () => Promise.resolve(), stop: () => gateway.stop() };
  }
  const redis = await startRedis('volatile');
  const isKilled = kind === 'two gateways whose Redis is killed';
  const store = createMemoryStore();
  const limiters = [createRedisRateLimiter({ url: redis.url }), createRedisRateLimiter({ url: redis.url })];
  const start = (rateLimiter: RateLimiter) => {
    // Without Redis a shared event log accepts nothing, which would hide what the limits do: these gateways share the limits alone.
    if (isKilled) return startGateway({ ...common, rateLimiter, eventLog: createMemoryEventLog() });
    return startGateway({ ...common, rateLimiter, store, eventLog: createRedisEventLog({ url: redis.url }) });
  };
  const gateways: StartedGateway[] = [];
  for (const limiter of limiters) gateways.push(await start(limiter));
  for (const limiter of limiters) await limiter.start?.(); // now each knows the other one; otherwise within five seconds
  return {
    urls: gateways.map(({ url }) => url),
    asked,
    onHalf: () => (isKilled ? redis.kill() : Promise.resolve()),
    async stop() {
      await Promise.all(gateways.map(({ gateway }) => gateway.drain()));
      await Promise.all(gateways.map((gateway) => gateway.stop()));
      await redis.dispose();
    },
  };
}
