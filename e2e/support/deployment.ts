/** A deployment: the gateways that several random histories share, and the faults that can be injected into them. */
import type { Random } from '@rivulet/protocol/testing';
import type { Upstream } from '../../packages/gateway/src/testing/upstream/upstream.ts';
import { createDataFolder, startGateway, type GatewayProcess } from './processes.ts';

/** A running deployment; the caller closes it. */
export interface Deployment {
  /** The ports of its gateways; a restarted gateway keeps its port. */
  ports: readonly number[];
  /** The faults by name. Each resolves when the fault is over and everything runs again. */
  faults: Readonly<Record<string, (random: Random) => Promise<void>>>;
  /** Resolves when no fault is in progress. */
  ready(): Promise<void>;
  /** Releases the gates of every upstream answer that waits at one. */
  release(): void;
  /** Failures of the deployment itself: a gateway that exited without being killed, a run with two ends in the log. */
  failures(): Promise<string[]>;
  /** Kills every process with SIGKILL, and starts each again on its data. */
  restartAll(): Promise<void>;
  /** Ends every process and removes the data. */
  close(): Promise<void>;
}

/** Runs faults one after the other. */
export interface FaultQueue {
  /** Runs the work after all earlier work. Resolves when it has ended. */
  run(work: () => Promise<void>): Promise<void>;
  /** Resolves when all work so far has ended. */
  idle(): Promise<void>;
}

/** Creates a queue, because faults must not overlap: a process could not start without one that another fault has just stopped. */
export function createFaultQueue(): FaultQueue {
  let last = Promise.resolve();
  return {
    run: (work) => (last = last.then(work)),
    idle: () => last,
  };
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
    faults: { kill: () => faultQueue.run(restart) },
    ready: () => faultQueue.idle(),
    release: () => {
      upstream.release();
    },
    failures: () => Promise.resolve([...unexpectedExits, ...unexpectedExitOf(gateway)]),
    restartAll: () => faultQueue.run(restart),
    async close() {
      await gateway.end('SIGKILL');
      data.remove();
    },
  };
}
