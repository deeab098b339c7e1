/** One gateway of a cluster: a process, and a proxy on its way to Redis. */
import type { RedisServer } from '../../packages/gateway/src/testing/redis-server.ts';
import { unexpectedExitOf } from './deployment.ts';
import { startGateway, type GatewayProcess } from './processes.ts';
import { createPublicationFilter, type PublicationLoss } from './publication-loss.ts';
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts';

/** One gateway and its connection to Redis. */
export interface Node {
  /** The port that it listens on. */
  readonly port: number;
  readonly redisProxy: TcpProxy;
  /** The process that runs now. */
  gateway: GatewayProcess;
  /** Whether no fault affects it now. Faults set it. */
  isHealthy: boolean;
  /** Kills the gateway with SIGKILL and starts it again on the same port. @param meanwhile awaited in between */
  restart(meanwhile?: () => Promise<unknown>): Promise<void>;
  /** Describes each exit that no test has caused. */
  unexpectedExits(): string[];
  /** Ends the process and the proxy. */
  close(): Promise<void>;
}

/** What a node needs. */
export interface NodeOptions {
  /** The environment of the process, without the address of Redis. */
  environment: Record<string, string>;
  /** The path of the configuration file. */
  configFile: string;
  redis: RedisServer;
  /** Which publications do not reach the nodes. */
  publications: PublicationLoss;
}

const MAX_STARTS = 3;

/** Starts a gateway on a free port. */
export async function startNode(options: NodeOptions): Promise<Node> {
  const { environment, configFile, redis, publications } = options;
  const redisProxy = await startTcpProxy(redis.url, {
    createFilter: () => createPublicationFilter(publications),
  });
  const all = { ...environment, RIVULET_REDIS_URL: redisProxy.url.replace('http', 'redis') };
  const exits: string[] = [];
  const args = ['--config', configFile];
  const first = await startGateway(all, args);
  const node: Node = {
    port: first.port,
    redisProxy,
    gateway: first,
    isHealthy: true,
    async restart(meanwhile) {
      exits.push(...unexpectedExitOf(node.gateway));
      await node.gateway.end('SIGKILL');
      await meanwhile?.();
      node.gateway = await startAgain({ ...all, PORT: `${first.port}` }, args);
    },
    unexpectedExits: () => [...exits, ...unexpectedExitOf(node.gateway)],
    async close() {
      await node.gateway.end('SIGKILL');
      await redisProxy.close();
    },
  };
  return node;
}

/** As a process manager does: on a busy machine, Redis may not answer in time when it has just been started itself. */
async function startAgain(environment: Record<string, string>, args: string[]): Promise<GatewayProcess> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startGateway(environment, args);
    } catch (error) {
      if (attempt === MAX_STARTS) throw error;
    }
  }
}
