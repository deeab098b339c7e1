/** The pieces that hostile responses are made of. */
import type { Socket } from 'node:net';
import type { Behaviour, Expected } from './raw-upstream.ts';

/** The head of a response, up to its empty line. */
export const head = (status = '200 OK', headers: Record<string, string> = {}): string => {
  const lines = Object.entries({ connection: 'close', ...headers }).map(
    ([name, value]) => `${name}: ${value}`,
  );
  return `HTTP/1.1 ${[status, ...lines].join('\r\n')}\r\n\r\n`;
};
/** The head of a stream that ends with its connection. */
export const SSE = head('200 OK', { 'content-type': 'text/event-stream' });
/** The head of a JSON document. */
export const JSON_HEAD = head('200 OK', { 'content-type': 'application/json' });
/** One event. */
export const event = (value: unknown): string =>
  `data: ${typeof value === 'string' ? value : JSON.stringify(value)}\n\n`;
/** An event with one choice. */
export const choice = (delta: unknown, finish: unknown = null, more: object = {}): string =>
  event({ choices: [{ index: 0, delta, finish_reason: finish }], ...more });
/** A delta of text. */
export const text = (content: unknown): string => choice({ content });
export const HELLO = text('Hello.');
export const STOP = choice({}, 'stop');
export const DONE = event('[DONE]');
/** A whole answer. */
export const ANSWER = `${HELLO}${STOP}${DONE}`;

/** Waits for a moment, as a slow upstream does. */
export const pause = (delayMs: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, delayMs));

/** Writes the parts and ends the connection. */
export const send =
  (...parts: (string | Buffer)[]): Behaviour['play'] =>
  (socket) => {
    for (const part of parts) socket.write(part);
    socket.end();
  };

/** Writes the parts and leaves the connection open. */
export const hold =
  (...parts: (string | Buffer)[]): Behaviour['play'] =>
  (socket) => {
    for (const part of parts) socket.write(part);
  };

/** Writes the parts and resets the connection. */
export const reset =
  (...parts: (string | Buffer)[]): Behaviour['play'] =>
  async (socket) => {
    for (const part of parts) socket.write(part);
    await pause(100); // so that the parts have arrived
    socket.resetAndDestroy();
  };

/** Writes `start`, then `piece` until `bytes` are written or the gateway closes the connection, then `end`. */
export const flood =
  (start: string, piece: string | Buffer, bytes: number, end = ''): Behaviour['play'] =>
  async (socket) => {
    socket.write(start);
    for (let sent = 0; sent < bytes && !socket.destroyed; sent += piece.length)
      if (!socket.write(piece)) await whenDrained(socket);
    if (!socket.destroyed) socket.end(end);
  };

function whenDrained(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      socket.off('drain', end).off('close', end);
      resolve();
    };
    socket.on('drain', end).on('close', end);
  });
}

/** Writes `start`, then `piece` every `delayMs` for as long as the gateway listens. */
export const drip =
  (start: string, piece: string, delayMs: number): Behaviour['play'] =>
  async (socket: Socket) => {
    socket.write(start);
    while (!socket.destroyed) {
      socket.write(piece);
      await pause(delayMs);
    }
  };

/** A row of a table. */
export const row = (name: string, expected: Expected, play: Behaviour['play']): Behaviour => ({
  name,
  expected,
  play,
});
/** The answer is complete and says this. */
export const stops = (shown = 'Hello.'): Expected => ({ reason: 'stop', text: shown });
/** The run fails with this code, or one of these. */
export const fails = (
  code: string | readonly string[] = 'upstream-failed',
  more: Partial<Expected> = {},
): Expected => ({
  reason: 'error',
  code,
  ...more,
});
