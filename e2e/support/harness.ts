/** What most end-to-end tests begin with: an upstream that plays scenes, and a gateway that asks it, each a process of its own. */
import {
  createDataFolder,
  startGateway,
  startUpstream,
  type GatewayProcess,
  type UpstreamProcess,
} from './processes.ts';

export interface Stage {
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

export interface StageOptions {
  /** Beside the upstream's address and the data folder. */
  environment?: Record<string, string>;
  /** Of the command line, once the data folder is there. */
  args?: (dataPath: string) => string[];
}

export async function startStage({ environment = {}, args = () => [] }: StageOptions = {}): Promise<Stage> {
  const data = createDataFolder();
  const upstream = await startUpstream();
  const all = {
    OPENAI_API_KEY: 'key',
    OPENAI_BASE_URL: upstream.url,
    RIVULET_DATA: data.path,
    ...environment,
  };
  const stage: Stage = {
    upstream,
    dataPath: data.path,
    gateway: await startGateway(all, args(data.path)),
    async startAgain() {
      stage.gateway = await startGateway({ ...all, PORT: String(stage.gateway.port) }, args(data.path));
    },
    async close() {
      await stage.gateway.end('SIGTERM');
      await upstream.end('SIGTERM');
      data.remove();
    },
  };
  return stage;
}
