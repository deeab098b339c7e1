/**
 * The topology of examples/cluster without containers: the same configuration of nginx and of the gateways, two built gateways, and the
 * servers of the tests in place of Redis and Postgres.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { findFreePort } from '../../packages/gateway/src/testing/free-port.ts';
import { startPostgres } from '../../packages/gateway/src/testing/postgres-server.ts';
import { ProtocolClient } from '../../packages/gateway/src/testing/protocol-client.ts';
import { startRedis } from '../../packages/gateway/src/testing/redis-server.ts';
import { runNginx, type Nginx } from './nginx.ts';
import { createDataFolder, startGateway, type GatewayProcess } from './processes.ts';

const folder = fileURLToPath(new URL('../../examples/cluster/', import.meta.url));

/** What is read of compose.yaml. */
interface Compose {
  services: Record<string, { environment: Record<string, string | number> }>;
}

/** The environment of a service in compose.yaml, as texts. Variables of the shell are not replaced. */
export function environmentOf(service: string): Record<string, string> {
  // The file is checked against the schema of Compose by examples/cluster/compose.test.ts.
  const { services } = parse(readFileSync(join(folder, 'compose.yaml'), 'utf8'), { merge: true }) as Compose;
  const environment = services[service]?.environment ?? {};
  return Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, String(value)]));
}

/** Starts nginx with the configuration of the example. @param gateways `host:port` of each gateway */
export function startClusterNginx(gateways: readonly [string, string]): Promise<Nginx> {
  const template = readFileSync(join(folder, 'nginx/default.conf.template'), 'utf8');
  return runNginx((place) => {
    const values: Record<string, string> = {
      ...environmentOf('nginx'),
      LISTEN: `127.0.0.1:${place.port}`,
      GATEWAY_1: gateways[0],
      GATEWAY_2: gateways[1],
      CACHE_FOLDER: join(place.folder, 'widget'),
    };
    // As the image of nginx does it: only names that are set are replaced, so that the variables of nginx stay.
    return template.replace(/\$\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
  });
}

/** A running cluster; the caller closes it. */
export interface Cluster {
  /** The address of nginx. */
  url: string;
  /** The two gateways. A test may replace one by `restart`. */
  gateways: GatewayProcess[];
  /** Starts a new process in place of one that has exited, on its port. */
  restart(index: number): Promise<void>;
  /** Opens a connection through nginx. @returns how many connections a gateway then has */
  sessionsAfterJoin(index: number): Promise<number>;
  /** Ends every process and removes the data. */
  close(): Promise<void>;
}

/** Starts the cluster. @param upstreamUrl the base URL of the model API */
export async function startCluster(upstreamUrl: string): Promise<Cluster> {
  const data = createDataFolder();
  const [postgres, redis] = await Promise.all([startPostgres(), startRedis('volatile')]);
  const start = (service: string, port: number, adminPort: number) =>
    startGateway(
      {
        ...environmentOf(service),
        HOST: '127.0.0.1',
        PORT: `${port}`,
        RIVULET_ADMIN_HOST: '127.0.0.1',
        RIVULET_ADMIN_PORT: `${adminPort}`,
        RIVULET_DATA: data.path,
        RIVULET_POSTGRES_URL: postgres.connectionString,
        RIVULET_REDIS_URL: redis.url,
        RIVULET_SECRET: 'one secret for all gateways of a service',
        OPENAI_API_KEY: 'key',
        OPENAI_BASE_URL: upstreamUrl,
      },
      ['--config', join(folder, 'config/rivulet.json')],
    );
  const [one, other] = [await findFreePort(), await findFreePort()];
  const nodes = [
    { service: 'gateway-1', port: one, adminPort: await findFreePort() },
    { service: 'gateway-2', port: other, adminPort: await findFreePort() },
  ];
  const startNode = (index: number) => {
    const { service, port, adminPort } = nodes[index]!;
    return start(service, port, adminPort);
  };
  const gateways = await Promise.all([startNode(0), startNode(1)]);
  const nginx = await startClusterNginx([`127.0.0.1:${one}`, `127.0.0.1:${other}`]);
  return {
    url: nginx.url,
    gateways,
    async restart(index) {
      gateways[index] = await startNode(index);
    },
    async sessionsAfterJoin(index) {
      const client = await ProtocolClient.connect(nginx.url);
      const metrics = await fetch(`http://127.0.0.1:${nodes[index]!.adminPort}/metrics`);
      await client.cut();
      return Number(/^rivulet_sessions (\d+)$/m.exec(await metrics.text())?.[1]);
    },
    async close() {
      await nginx.close();
      await Promise.all(gateways.map((gateway) => gateway.end('SIGKILL')));
      await Promise.all([postgres.dispose(), redis.dispose()]);
      data.remove();
    },
  };
}
