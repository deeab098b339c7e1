/** A TCP proxy that can break its connections, refuse them, let nothing pass for a while, or change what a server sends. */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/**
 * `refused`: every connection is destroyed, and each new one is reset at once. `black-holed`: nothing passes in either direction and nothing
 * is closed; what was sent meanwhile arrives when the outage is over, as after a network was divided.
 */
export type Outage = 'refused' | 'black-holed';

/** A running TCP proxy; the caller closes it. */
export interface TcpProxy {
  /** The proxy's address with the scheme `http:`; callers replace the scheme for other protocols. */
  url: string;
  /** Destroys every open connection; new ones are still accepted. @returns the number of connections destroyed */
  cut(): number;
  /** Starts an outage, which lasts until `restore`. */
  interrupt(outage: Outage): void;
  /** Ends the outage. Does nothing when there is none. */
  restore(): void;
  /** Destroys every connection and stops listening. */
  close(): Promise<void>;
}

/** Changes the bytes of one connection: returns what is passed on for each chunk. */
export type ByteFilter = (chunk: Buffer) => Buffer;

/** Options of `startTcpProxy`. */
export interface TcpProxyOptions {
  /** Called for each connection. @returns the filter of the bytes from the target. Default: they are passed on as they are */
  createFilter?: () => ByteFilter;
}

/**
 * Starts a TCP proxy on a free port.
 * @param target a port of this machine, the path of a Unix socket, or a function that returns the port for each connection
 */
export async function startTcpProxy(
  target: number | string | (() => number),
  { createFilter = () => (chunk) => chunk }: TcpProxyOptions = {},
): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  let outage: Outage | undefined;
  const isHeld = () => outage === 'black-holed';
  const server = createServer((near) => {
    if (outage === 'refused') {
      near.on('error', () => undefined);
      near.resetAndDestroy();
      return;
    }
    const port = typeof target === 'function' ? target() : target;
    const far = typeof port === 'string' ? connect(port) : connect(port, '127.0.0.1');
    for (const socket of [near, far]) sockets.add(socket);
    forward({ from: near, to: far, sockets, isHeld, filter: (chunk) => chunk });
    forward({ from: far, to: near, sockets, isHeld, filter: createFilter() });
  });
  const cut = () => {
    const count = sockets.size / 2; // two sockets per connection
    for (const socket of sockets) socket.destroy();
    return count;
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut,
    interrupt(kind) {
      outage = kind;
      if (kind === 'refused') cut();
      else for (const socket of sockets) socket.pause();
    },
    restore() {
      outage = undefined;
      for (const socket of sockets) socket.resume();
    },
    async close() {
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** One direction of a connection. */
interface Direction {
  from: Socket;
  to: Socket;
  sockets: Set<Socket>;
  /** Whether nothing may pass now. */
  isHeld: () => boolean;
  filter: ByteFilter;
}

function forward({ from, to, sockets, isHeld, filter }: Direction): void {
  from.on('error', () => to.destroy());
  from.on('close', () => {
    sockets.delete(from);
    to.destroy();
  });
  from.on('end', () => to.end());
  from.on('data', (chunk: Buffer) => {
    if (to.write(filter(chunk))) return;
    from.pause();
    to.once('drain', () => {
      if (!isHeld()) from.resume();
    });
  });
  // Listening to `data` has started the flow.
  if (isHeld()) from.pause();
}
