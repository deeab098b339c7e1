/** Where histories take place: gateways that they share, and what can go wrong with them. */
import type { Random } from '@rivulet/protocol/testing';
import type { Upstream } from '../../packages/gateway/src/testing/upstream/upstream.ts';
import { createDataFolder, startGateway, type GatewayProcess } from './processes.ts';

export interface Place {
  /** Of its gateways; they stay the same over restarts. */
  ports: readonly number[];
  /** What can go wrong here, by name; each resolves when it is over and everything runs again. */
  faults: Readonly<Record<string, (random: Random) => Promise<void>>>;
  /** Resolves when nothing is going wrong. */
  ready(): Promise<void>;
  /** Lets gated upstream answers go on. */
  release(): void;
  /** What is wrong with the place itself: a gateway that ended by itself, a run that has two ends in the log. */
  complaints(): Promise<string[]>;
  /** kill -9 of everything, and all of it started again with what is on its disk. */
  restartAll(): Promise<void>;
  close(): Promise<void>;
}

/** One thing goes wrong at a time: with several at once, a start would need what another fault has taken away. */
export function takeTurns(): { next(work: () => Promise<void>): Promise<void>; last(): Promise<void> } {
  let last = Promise.resolve();
  return {
    next: (work) => (last = last.then(work)),
    last: () => last,
  };
}

/** What to say of a gateway that is not there although nobody has killed it. */
export const deathOf = ({ child, errors }: GatewayProcess): string[] =>
  child.exitCode === null ? [] : [`a gateway ended by itself, code ${child.exitCode}: ${errors()}`];

/** One gateway with all that it needs inside: SQLite and the memory log. */
export async function openEmbedded(upstream: Upstream): Promise<Place> {
  const data = createDataFolder();
  const environment = { OPENAI_API_KEY: 'key', OPENAI_BASE_URL: upstream.url, RIVULET_DATA: data.path };
  let gateway: GatewayProcess = await startGateway(environment);
  const { port } = gateway;
  const deaths: string[] = [];
  const turns = takeTurns();
  const restart = async () => {
    deaths.push(...deathOf(gateway));
    await gateway.end('SIGKILL');
    gateway = await startGateway({ ...environment, PORT: `${port}` });
  };
  return {
    ports: [port],
    faults: { kill: () => turns.next(restart) },
    ready: () => turns.last(),
    release: () => {
      upstream.release();
    },
    complaints: () => Promise.resolve([...deaths, ...deathOf(gateway)]),
    restartAll: () => turns.next(restart),
    async close() {
      await gateway.end('SIGKILL');
      data.remove();
    },
  };
}
