/** Three gateways on one Redis and one Postgres. Each process can be killed, stopped or cut off, and publications are lost. */
import { setTimeout as pause } from 'node:timers/promises';
import { createRandom, type Random } from '@rivulet/protocol/testing';
import type { Upstream } from '../../packages/gateway/src/testing/upstream/upstream.ts';
import { RESTARTING_SITE, restartServer, startThreeNodes, type ThreeNodes } from './three-nodes.ts';
import { distributedFaults } from './distributed-faults.ts';
import { DEMO_SITE, type Deployment, type Loss } from './deployment.ts';
import { createFaultQueue } from './fault-queue.ts';
import { openLogReader } from './log-reader.ts';

const LOST_PUBLICATIONS = 0.01;
/** In this time before a fault, each history that waits for it sends a message, so that the fault meets a reply. */
const LEAD_MS = 500;
/** Every third history is played on the site whose lost replies are begun again. */
const RESTARTING_EVERY = 3;

/** Starts three gateways, Redis and Postgres, with an empty store. @param seed determines which publications are lost */
export async function openDistributedDeployment(upstream: Upstream, seed: number): Promise<Deployment> {
  const publications = { share: LOST_PUBLICATIONS, random: createRandom(seed), published: 0, lost: 0 };
  const processes = await startThreeNodes(upstream, publications);
  const { nodes, redis } = processes;
  const listeners = new Set<(loss: Loss) => void>();
  const notify = (loss: Loss) => {
    for (const listener of listeners) listener(loss);
  };
  const faultQueue = createFaultQueue();
  const faults = Object.entries(distributedFaults(processes, notify));
  const logReader = openLogReader(redis.url);
  return {
    ports: nodes.map(({ port }) => port),
    faults: Object.fromEntries(
      faults.map(([name, fault]) => [
        name,
        (random: Random) => {
          const node = nodes[Math.floor(random() * nodes.length)] ?? nodes[0];
          const begin = async () => {
            await pause(LEAD_MS);
            await fault(node);
          };
          return faultQueue.inject(begin, { name, port: node.port });
        },
      ]),
    ),
    maxFaults: 1,
    maxPauseMs: 400,
    siteOf: (historySeed) => (historySeed % RESTARTING_EVERY === 0 ? RESTARTING_SITE : DEMO_SITE),
    healthyPorts: () => nodes.flatMap((node) => (node.isHealthy ? [node.port] : [])),
    ready: () => faultQueue.idle(),
    onLoss(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    readLog: (id) => logReader.read(id),
    release: () => {
      upstream.release();
    },
    failures: () => nodes.flatMap((node) => node.unexpectedExits()),
    summary: () => `${publications.lost} of ${publications.published} publications lost`,
    restartAll: () =>
      faultQueue.inject(() => restartEverything(processes), { port: processes.nodes[0].port }).over,
    async close() {
      await logReader.close();
      await processes.close();
    },
  };
}

async function restartEverything({ nodes, postgres, redis }: ThreeNodes): Promise<void> {
  for (const { gateway } of nodes) gateway.child.kill('SIGKILL');
  await restartServer(postgres);
  await restartServer(redis, () => {
    redis.deleteData();
  });
  for (const node of nodes) await node.restart();
}
