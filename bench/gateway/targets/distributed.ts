/** The gateway on Redis and Postgres as a target, with a Redis server and a Postgres server of its own. */
import { rmSync } from 'node:fs';
import { startServices } from './services.ts';
import { createDataFolder, startGateway } from './rivulet.ts';
import { visitorsOf } from './rivulet-visitors.ts';
import type { Target } from './target.ts';

/** Starts the servers and one gateway that uses them. */
export async function startDistributed(upstreamUrl: string): Promise<Target> {
  const { services, settings, close } = await startServices();
  const data = createDataFolder();
  const child = await startGateway(upstreamUrl, data, settings);
  return {
    name: 'distributed',
    child,
    services,
    ...visitorsOf(child.url),
    async startNode() {
      const node = await startGateway(upstreamUrl, data, settings);
      return { child: node, ...visitorsOf(node.url), close: () => node.end() };
    },
    startAnother: () => startDistributed(upstreamUrl),
    async close() {
      await child.end();
      await close();
      rmSync(data, { recursive: true });
    },
  };
}
