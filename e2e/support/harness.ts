/** The usual setup of an end-to-end test: a scripted upstream and a gateway that uses it, each in a process of its own. */
import {
  createDataFolder,
  startGateway,
  startUpstream,
  type GatewayProcess,
  type UpstreamProcess,
} from './processes.ts';

/** A running upstream and gateway; the caller closes them. */
export interface Harness {
  /** The scripted upstream. */
  readonly upstream: UpstreamProcess;
  /** The path of the gateway's data folder. */
  readonly dataPath: string;
  /** The newest gateway process; `restartGateway` replaces it. */
  gateway: GatewayProcess;
  /** Starts a new gateway on the port and data of the previous one, which must have exited. */
  restartGateway(): Promise<void>;
  /** Ends both processes and removes the data. */
  close(): Promise<void>;
}

/** Settings of the gateway. */
export interface HarnessOptions {
  /** Environment variables in addition to those for the upstream's address and the data folder. */
  environment?: Record<string, string>;
  /** Returns the command-line arguments. Called for each start, after the data folder was created. */
  args?: (dataPath: string) => string[];
}

/** Starts an upstream and a gateway with an empty data folder. */
export async function startHarness({
  environment = {},
  args = () => [],
}: HarnessOptions = {}): Promise<Harness> {
  const data = createDataFolder();
  const upstream = await startUpstream();
  const all = {
    OPENAI_API_KEY: 'key',
    OPENAI_BASE_URL: upstream.url,
    RIVULET_DATA: data.path,
    ...environment,
  };
  const harness: Harness = {
    upstream,
    dataPath: data.path,
    gateway: await startGateway(all, args(data.path)),
    async restartGateway() {
      harness.gateway = await startGateway({ ...all, PORT: String(harness.gateway.port) }, args(data.path));
    },
    async close() {
      await harness.gateway.end('SIGTERM');
      await upstream.end('SIGTERM');
      data.remove();
    },
  };
  return harness;
}
