/** What most end-to-end tests begin with: an upstream that plays scenes, and a gateway that asks it, each a process of its own. */
import {
  createDataFolder,
  startGateway,
  startUpstream,
  type GatewayProcess,
  type UpstreamProcess,
} from './processes.ts';

export interface Harness {
  readonly upstream: UpstreamProcess;
  /** The folder of the database. */
  readonly dataPath: string;
  /** The one that is there now. */
  gateway: GatewayProcess;
  /** Starts another gateway in the place of one that has ended, on the same port and data. */
  startAgain(): Promise<void>;
  /** Ends everything, and removes the data. */
  close(): Promise<void>;
}

export interface HarnessOptions {
  /** Beside the upstream's address and the data folder. */
  environment?: Record<string, string>;
  /** Of the command line, once the data folder is there. */
  args?: (dataPath: string) => string[];
}

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
    async startAgain() {
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
