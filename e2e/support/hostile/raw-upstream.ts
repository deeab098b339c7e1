/** An upstream over raw TCP: it answers each request with bytes of its own choice, HTTP or not. */
import { createServer, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';

/** The API key of the gateway under test, which upstreams try to show to the visitor. */
export const CANARY_KEY = 'sk-proj-canary-4711-of-the-upstream-key';

/** How a run must end. */
export interface Expected {
  reason: 'stop' | 'length' | 'error' | 'blocked';
  /** The code of the error. */
  code?: string | readonly string[];
  /** The text that is shown. Default: not checked. */
  text?: string;
  /** The most requests that the answer may cost. Default: 3, because a request that failed before its answer is repeated. */
  maxCalls?: number;
}

/** One way in which an upstream misbehaves. */
export interface Behaviour {
  /** Unique; the question names it. */
  name: string;
  expected: Expected;
  /** Writes the response. The socket may be closed by the gateway at any moment. */
  play: (socket: Socket) => void | Promise<void>;
}

/** The question that is answered with the behaviour at this place. */
export const questionFor = (place: number): string => `Please. [[${place}]]`;

/** A running upstream. */
export interface RawUpstream {
  /** The base URL of its API. */
  url: string;
  /** The requests so far, by the name of the behaviour. */
  calls: ReadonlyMap<string, number>;
  close(): Promise<void>;
}

/** Starts the upstream on a free port. A question selects a behaviour by its place, see `questionFor`. */
export async function startRawUpstream(behaviours: readonly Behaviour[]): Promise<RawUpstream> {
  const calls = new Map<string, number>();
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    let request = '';
    socket.setEncoding('latin1').on('data', (piece: string) => {
      request += piece;
      if (!isComplete(request)) return;
      const places = [...request.matchAll(/\[\[(\d+)\]\]/g)].map((match) => Number(match[1]));
      request = '';
      const behaviour = behaviours[places.at(-1) ?? -1];
      if (behaviour === undefined) return;
      calls.set(behaviour.name, (calls.get(behaviour.name) ?? 0) + 1);
      void behaviour.play(socket);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // a server on TCP has this kind of address
  return {
    url: `http://127.0.0.1:${port}/v1`,
    calls,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        for (const socket of sockets) socket.destroy();
      }),
  };
}

function isComplete(request: string): boolean {
  const end = request.indexOf('\r\n\r\n');
  const length = /content-length: (\d+)/i.exec(request)?.[1];
  return end >= 0 && request.length >= end + 4 + Number(length ?? 0);
}
