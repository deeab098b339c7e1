/** The gateway on Redis and Postgres as a target, with a Redis server and a Postgres server of its own. */
import { rmSync } from 'node:fs';
import { startServices } from './services.ts';
import { createDataFolder, startGateway } from './rivulet.ts';
import { visitorsOf } from './rivulet-visitors.ts';
import type { Target } from './target.ts';

/** When viewers of a gateway see what it writes: at once, or when Redis has it. */
const DELIVER = { distributed: 'at-once', logged: 'logged' } as const;

/** Starts the servers and one gateway that uses them. */
export async function startDistributed(upstreamUrl: string, name: keyof typeof DELIVER): Promise<Target> {
  const { services, settings: shared, close } = await startServices();
  const settings = { ...shared, RIVULET_REDIS_DELIVER: DELIVER[name] };
  const data = createDataFolder();
  const child = await startGateway(upstreamUrl, data, settings);
  return {
    name,
    child,
    services,
    ...visitorsOf(child.url),
    async startNode() {
      const node = await startGateway(upstreamUrl, data, settings);
      return { child: node, ...visitorsOf(node.url), close: () => node.end() };
    },
    startAnother: () => startDistributed(upstreamUrl, name),
    async close() {
      await child.end();
      await close();
      rmSync(data, { recursive: true });
    },
  };
}
