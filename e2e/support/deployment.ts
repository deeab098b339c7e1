/** A deployment: the gateways that several random histories share, and the faults that can be injected into them. */
import type { ConversationId, LoggedEvent } from '@rivulet/protocol';
import type { Random } from '@rivulet/protocol/testing';
import type { Upstream } from '../../packages/gateway/src/testing/upstream/upstream.ts';
import { createFaultQueue, type InjectedFault } from './fault-queue.ts';
import { createDataFolder, startGateway, type GatewayProcess } from './processes.ts';

/** How a gateway stops serving. Only a killed one surely loses its runs. */
export type LossKind = 'killed' | 'stopped' | 'cut off';

/** A gateway stopped serving at this moment. */
export interface Loss {
  /** The port that it listens on. */
  port: number;
  kind: LossKind;
  /** Milliseconds since 1970. */
  atMs: number;
}

/** A site of a deployment: its id, and what becomes there of a reply whose gateway was lost. */
export interface HistorySite {
  id: string;
  whenInterrupted: 'end' | 'restart';
}

/** The site of a gateway without a configuration file. */
export const DEMO_SITE: HistorySite = { id: 'demo', whenInterrupted: 'end' };

/** A running deployment; the caller closes it. */
export interface Deployment {
  /** The ports of its gateways; a restarted gateway keeps its port. */
  ports: readonly number[];
  /** The faults by name. `random` chooses the gateway. */
  faults: Readonly<Record<string, (random: Random) => InjectedFault>>;
  /** The most faults of the deployment that one history injects. */
  maxFaults: number;
  /** The longest time between two actions of a history, in milliseconds, so that actions fall into faults that take a while. */
  maxPauseMs: number;
  /** The site on which a history is played. Its seed determines it, so that a history that is replayed gets the same one. */
  siteOf(seed: number): HistorySite;
  /** The ports of the gateways that no fault affects now. */
  healthyPorts(): readonly number[];
  /** Resolves when no fault is in progress. */
  ready(): Promise<void>;
  /** Calls the listener at each loss of a gateway. @returns a function that ends this */
  onLoss(listener: (loss: Loss) => void): () => void;
  /** The events of a conversation that the log keeps; empty when it is not shared and ends with its gateway. */
  readLog(id: ConversationId): Promise<readonly LoggedEvent[]>;
  /** Releases the gates of every upstream answer that waits at one. */
  release(): void;
  /** Failures of the deployment itself: a gateway that exited without being killed. */
  failures(): string[];
  /** Describes what happened in the deployment, for the log; empty when there is nothing to say. */
  summary(): string;
  /** Kills every process with SIGKILL, and starts each again on its data. */
  restartAll(): Promise<void>;
  /** Ends every process and removes the data. */
  close(): Promise<void>;
}

/** Describes the exit of a gateway that no test has killed; empty while it runs. */
export const unexpectedExitOf = ({ child, errors }: GatewayProcess): string[] =>
  child.exitCode === null ? [] : [`a gateway exited by itself with code ${child.exitCode}: ${errors()}`];

/** Starts one gateway that needs no other server: it stores in SQLite and keeps the event log in memory. */
export async function openEmbeddedDeployment(upstream: Upstream): Promise<Deployment> {
  const data = createDataFolder();
  const environment = { OPENAI_API_KEY: 'key', OPENAI_BASE_URL: upstream.url, RIVULET_DATA: data.path };
  let gateway: GatewayProcess = await startGateway(environment);
  const { port } = gateway;
  const unexpectedExits: string[] = [];
  const faultQueue = createFaultQueue();
  const restart = async () => {
    unexpectedExits.push(...unexpectedExitOf(gateway));
    await gateway.end('SIGKILL');
    gateway = await startGateway({ ...environment, PORT: `${port}` });
  };
  return {
    ports: [port],
    faults: { kill: () => faultQueue.inject(restart, { port }) },
    maxFaults: Infinity,
    maxPauseMs: 0,
    siteOf: () => DEMO_SITE,
    healthyPorts: () => [port],
    ready: () => faultQueue.idle(),
    onLoss: () => () => undefined,
    readLog: () => Promise.resolve([]),
    release: () => {
      upstream.release();
    },
    failures: () => [...unexpectedExits, ...unexpectedExitOf(gateway)],
    summary: () => '',
    restartAll: () => faultQueue.inject(restart, { port }).over,
    async close() {
      await gateway.end('SIGKILL');
      data.remove();
    },
  };
}
