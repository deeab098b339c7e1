/** Long polling: for networks that hold a response back until it is complete. */
import type { Environment } from '../environment/environment.ts';
import { HttpConnection, type Reading } from './http-connection.ts';
import type { Transport } from './transport.ts';

/** The pause after a response that came at once and had no news, as from a gateway that shuts down: without it, polling would be a busy loop. */
const PAUSE_MS = 1_000;

type PollEnvironment = Pick<Environment, 'fetch' | 'clock'>;

/** Creates the transport. @throws {TypeError} when `gateway` is not an absolute URL */
export function createLongPollTransport(gateway: string, environment: PollEnvironment): Transport {
  const read = (reading: Reading) => readPolls(reading, environment);
  return {
    name: 'long-poll',
    open: (observer) => new HttpConnection({ gateway, environment, observer, read }),
  };
}

async function readPolls({ request, receive, signal }: Reading, { clock }: PollEnvironment): Promise<void> {
  // The first response does not wait: it has the welcome, and what was missed.
  const first = await request('/v1/poll?wait=0');
  receive(await first.text(), 'catch-up');
  while (!signal.aborted) {
    const requestedAtMs = clock.now();
    const isNews = receive(await (await request('/v1/poll')).text(), 'continued');
    if (isNews || clock.now() - requestedAtMs >= PAUSE_MS) continue;
    await new Promise<void>((resolve) => {
      const timer = clock.after(PAUSE_MS, resolve);
      signal.addEventListener('abort', () => {
        timer.cancel();
        resolve();
      });
    });
  }
}
