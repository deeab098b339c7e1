/** A visitor who does nothing but ask whether the gateway is there, and notes how long the answer takes. */
import type { ProtocolClient } from '../../../packages/gateway/src/testing/protocol-client.ts';
import { greet } from '../protocol-visitor.ts';
import { pause } from './responses.ts';

/** A running witness. It ends with its connection. */
export interface Witness {
  /** The longest round trip since the last `reset`, in milliseconds, also of one that has not come back yet. */
  slowestMs(): number;
  /** Forgets what was measured. */
  reset(): void;
}

const INTERVAL_MS = 20;

/** Connects and begins to measure. */
export async function startWitness(url: string): Promise<Witness> {
  const { client } = await greet(url);
  let slowestMs = 0;
  let sentAtMs: number | undefined;
  const measure = async () => {
    for (let pongs = 1; ; pongs += 1) {
      sentAtMs = performance.now();
      client.send({ type: 'ping' });
      await client.until(() => countOf(client) >= pongs);
      slowestMs = Math.max(slowestMs, performance.now() - sentAtMs);
      sentAtMs = undefined;
      await pause(INTERVAL_MS);
    }
  };
  measure().catch(() => undefined); // the connection was closed: the test has ended
  return {
    slowestMs: () => Math.max(slowestMs, sentAtMs === undefined ? 0 : performance.now() - sentAtMs),
    reset() {
      slowestMs = 0;
    },
  };
}

const countOf = ({ events }: ProtocolClient): number => events.filter(({ type }) => type === 'pong').length;
