/** Long polling, for networks that hold a response back until it is complete. */
import type { Environment } from '../environment/environment.ts';
import { HttpConnection, type ReadContext } from './http-connection.ts';
import type { Transport } from './transport.ts';

/** Minimum time between polls that bring nothing. A gateway that shuts down answers at once, which would make polling a busy loop. */
const PAUSE_MS = 1_000;

type PollEnvironment = Pick<Environment, 'fetch' | 'clock'>;

/** Creates the long-poll transport. @see PROTOCOL.md §14.3 @throws {TypeError} when `gateway` is not an absolute URL */
export function createLongPollTransport(gateway: string, environment: PollEnvironment): Transport {
  const read = (context: ReadContext) => readPolls(context, environment);
  return {
    name: 'long-poll',
    open: (observer) => new HttpConnection({ gateway, environment, observer, read }),
  };
}

async function readPolls(
  { request, receive, signal }: ReadContext,
  { clock }: PollEnvironment,
): Promise<void> {
  // The gateway does not delay the first response: it contains the welcome and the events since the cursors.
  const first = await request('/v1/poll?wait=0');
  receive(await first.text(), 'catch-up');
  while (!signal.aborted) {
    const requestedAtMs = clock.now();
    const hasNews = receive(await (await request('/v1/poll')).text(), 'continued');
    if (hasNews || clock.now() - requestedAtMs >= PAUSE_MS) continue;
    await new Promise<void>((resolve) => {
      const timer = clock.after(PAUSE_MS, resolve);
      signal.addEventListener('abort', () => {
        timer.cancel();
        resolve();
      });
    });
  }
}
