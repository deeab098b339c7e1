/** Checks server-sent events through the public URL: that they arrive one by one, and that nothing closes the stream. */
import type { IncomingMessage } from 'node:http';
import { fault, ok, warning, type Finding } from './finding.ts';
import { ask, helloText, type PublicTarget } from './public-request.ts';

const CHECK = 'public stream';
const NO_BUFFER =
  'Switch off the buffering of responses in the proxy for /v1/sse (nginx: proxy_buffering off; with a CDN: no caching and no compression of it).';

/** Opens one stream and watches it. */
export async function checkStream(target: PublicTarget, site: string): Promise<Finding[]> {
  const stop = new AbortController();
  const signal = AbortSignal.any([target.signal, stop.signal]);
  try {
    const asked = ask({ ...target, signal }, 'v1/sse', { method: 'POST', body: helloText(site) });
    const response = await within(target.firstEventMs, asked);
    if (response === 'late') return [fault(CHECK, 'No response came while the stream was open.', NO_BUFFER)];
    return await watch(response, target);
  } finally {
    stop.abort();
  }
}

async function watch(response: IncomingMessage, { firstEventMs, holdMs }: PublicTarget): Promise<Finding[]> {
  const { statusCode = 0, headers } = response;
  const type = headers['content-type'] ?? 'missing';
  if (statusCode !== 200 || !type.startsWith('text/event-stream'))
    return [
      fault(
        CHECK,
        `The stream is answered with ${statusCode}, and the content type ${type}.`,
        'Let the proxy pass POST requests to /v1/sse on to the gateway.',
      ),
    ];
  const closed = new Promise<'closed'>((resolve) => {
    response.once('close', () => {
      resolve('closed');
    });
  });
  const event = new Promise<'event'>((resolve) => {
    let text = '';
    response.on('data', (bytes: Buffer) => {
      text += bytes.toString('latin1').slice(0, 1_000);
      if (text.includes('data:')) resolve('event');
    });
  });
  const first = await within(firstEventMs, Promise.race([event, closed]));
  if (first === 'late')
    return [
      fault(CHECK, 'The stream is open, and its first event does not arrive: it is buffered.', NO_BUFFER),
    ];
  const startedAtMs = performance.now();
  const arrived =
    headers['content-encoding'] === undefined
      ? ok(CHECK, 'Events arrive one by one.')
      : warning(CHECK, 'The proxy compresses the stream, which may hold words back.', NO_BUFFER);
  if (first === 'event' && (await within(holdMs, closed)) === 'late')
    return [arrived, ok('public stream time-out', `It was open for ${seconds(holdMs)} s.`)];
  const found = `The stream was closed after ${seconds(performance.now() - startedAtMs)} s.`;
  const mend = 'Raise the read time-out of the proxy above 60 s (nginx: proxy_read_timeout 1h).';
  return [arrived, fault('public stream time-out', found, mend)];
}

/** A number of milliseconds in seconds. */
export const seconds = (ms: number): string => (ms / 1000).toFixed(1);

/** @returns `late` when the promise has not settled by then */
export async function within<Value>(limitMs: number, promise: Promise<Value>): Promise<Value | 'late'> {
  const late = Promise.withResolvers<'late'>();
  const timer = setTimeout(() => {
    late.resolve('late');
  }, limitMs);
  promise.catch(() => undefined); // it may reject when nobody waits any more
  return Promise.race([promise, late.promise]).finally(() => {
    clearTimeout(timer);
  });
}
