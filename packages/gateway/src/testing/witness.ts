/** A second visitor who measures, while something else happens, how long the gateway takes to answer. */
import { ProtocolClient } from './protocol-client.ts';

/** What the witness saw. */
export interface Testimony {
  /** The longest time from a `ping` to its `pong`. */
  slowestMs: number;
  /** How many were answered. */
  pongs: number;
}

/**
 * Sends one `ping` after the other on a connection of its own until the work is done.
 * @param url the gateway's `http:` URL
 * @throws {Error} when the connection closes
 */
export async function witness<Result>(
  url: string,
  work: () => Promise<Result>,
): Promise<Testimony & { result: Result }> {
  const client = await ProtocolClient.connect(url);
  const testimony: Testimony = { slowestMs: 0, pongs: 0 };
  const over = new AbortController();
  const watching = (async () => {
    while (!over.signal.aborted) {
      const askedAtMs = performance.now();
      const id = client.send({ type: 'ping' });
      await client.until(() =>
        client.events.some((event) => event.type === 'pong' && event.commandId === id),
      );
      client.events.length = 0;
      testimony.slowestMs = Math.max(testimony.slowestMs, performance.now() - askedAtMs);
      testimony.pongs += 1;
    }
  })();
  const result = await work().finally(() => {
    over.abort();
  });
  await watching;
  await client.close(1000);
  return { ...testimony, result };
}
