/** Long-poll: for networks that hold an answer back until it is whole. */
import type { Environment } from '../environment/environment.ts';
import { HttpConnection, type Reading } from './http-connection.ts';
import type { Transport } from './transport.ts';

/** Answers without news that come at once would be a loop: a gateway that leaves gives such. */
const PAUSE_MS = 1_000;

type PollEnvironment = Pick<Environment, 'fetch' | 'clock'>;

/** @throws {TypeError} when `gateway` is not an absolute URL */
export function createLongPollTransport(gateway: string, environment: PollEnvironment): Transport {
  const read = (reading: Reading) => readPolls(reading, environment);
  return {
    name: 'long-poll',
    open: (observer) => new HttpConnection({ gateway, environment, observer, read }),
  };
}

async function readPolls({ ask, receive, signal }: Reading, { clock }: PollEnvironment): Promise<void> {
  // The first answer does not wait: it brings the welcome, and what was missed.
  const first = await ask('/v1/poll?wait=0');
  receive(await first.text(), 'catch-up');
  while (!signal.aborted) {
    const askedAtMs = clock.now();
    const isNews = receive(await (await ask('/v1/poll')).text(), 'going-on');
    if (isNews || clock.now() - askedAtMs >= PAUSE_MS) continue;
    await new Promise<void>((resolve) => {
      const timer = clock.after(PAUSE_MS, resolve);
      signal.addEventListener('abort', () => {
        timer.cancel();
        resolve();
      });
    });
  }
}
