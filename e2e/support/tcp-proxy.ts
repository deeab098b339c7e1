/** A TCP proxy that breaks all of its connections at once on request. */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A running TCP proxy; the caller closes it. */
export interface TcpProxy {
  /** The proxy's address with the scheme `http:`; callers replace the scheme for other protocols. */
  url: string;
  /** Destroys every open connection; new ones are still accepted. @returns the number of connections destroyed */
  cut(): number;
  /** Destroys every connection and stops listening. */
  close(): Promise<void>;
}

/** Starts a TCP proxy on a free port. @param target a port of this machine, or the path of a Unix socket */
export async function startTcpProxy(target: number | string): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = typeof target === 'string' ? connect(target) : connect(target, '127.0.0.1');
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on('error', () => to.destroy());
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
      from.pipe(to);
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut() {
      const count = sockets.size / 2; // two sockets per connection
      for (const socket of sockets) socket.destroy();
      return count;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
