/** The faults of gateways that share Redis and Postgres. */
import { setTimeout as pause } from 'node:timers/promises';
import { restartServer, type ThreeNodes } from './three-nodes.ts';
import type { Loss, LossKind } from './deployment.ts';
import type { Node } from './cluster-node.ts';
import type { Outage } from './tcp-proxy.ts';

/** Longer than a lease, so that another gateway has taken over in the meantime. */
const STOPPED_MS = 15_000;
/** Longer than a lease and than any command of the gateway may wait. */
const AWAY_MS = 12_000;
/** Shorter than a lease: the gateway may go on with its replies. */
const REFUSED_MS = 3_000;

/** The names of the faults. */
export const DISTRIBUTED_FAULTS = [
  'kill',
  'kill-for-long',
  'freeze',
  'cut-redis',
  'refuse-redis',
  'black-hole-redis',
  'kill-redis',
  'empty-redis',
  'kill-postgres',
] as const;

/** One fault. Resolves when it is over and everything runs again. The node is the one that it affects, if it affects one. */
export type Fault = (node: Node) => Promise<void>;

/** Returns the faults by name. @param notify called when a gateway is lost */
export function distributedFaults(
  { postgres, redis }: ThreeNodes,
  notify: (loss: Loss) => void,
): Record<(typeof DISTRIBUTED_FAULTS)[number], Fault> {
  const lose = async (node: Node, kind: LossKind, fault: () => Promise<void>) => {
    node.isHealthy = false;
    notify({ port: node.port, kind, atMs: Date.now() });
    await fault();
    node.isHealthy = true;
  };
  const cutOff = (outage: Outage, durationMs: number) => (node: Node) =>
    lose(node, 'cut off', async () => {
      node.redisProxy.interrupt(outage);
      await pause(durationMs);
      node.redisProxy.restore();
    });
  return {
    kill: (node) => lose(node, 'killed', () => node.restart()),
    // The other gateways close its replies.
    'kill-for-long': (node) => lose(node, 'killed', () => node.restart(() => pause(AWAY_MS))),
    // When it runs again, it still assumes that it holds its leases.
    freeze: (node) =>
      lose(node, 'stopped', async () => {
        node.gateway.child.kill('SIGSTOP');
        await pause(STOPPED_MS);
        node.gateway.child.kill('SIGCONT');
      }),
    'cut-redis'({ redisProxy }) {
      redisProxy.cut();
      return Promise.resolve();
    },
    'refuse-redis': cutOff('refused', REFUSED_MS),
    // What the gateway has sent meanwhile arrives late, with a lease that is another gateway's by then.
    'black-hole-redis': cutOff('black-holed', AWAY_MS),
    'kill-redis': () => restartServer(redis),
    'empty-redis': () =>
      restartServer(redis, () => {
        redis.deleteData();
      }),
    'kill-postgres': () => restartServer(postgres),
  };
}
