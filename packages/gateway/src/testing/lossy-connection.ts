/** A proxy to a server on a unix socket that can lose a response: the server executes the request, and the client is not told. */
import { createConnection, createServer, type Socket } from 'node:net';
import { once } from 'node:events';

/** A running proxy. */
export interface LossyConnection {
  /** The path of the proxy's socket, to use instead of the server's. */
  readonly path: string;
  /** Discards the server's next response and closes its connection. */
  loseNextAnswer(): void;
  /** Closes all connections and the proxy. */
  close(): Promise<void>;
}

/** Starts a proxy to the server that listens on `serverPath`. */
export async function startLossyConnection(serverPath: string): Promise<LossyConnection> {
  const path = `${serverPath}.lossy`;
  const sockets = new Set<Socket>();
  let isLosing = false;
  const proxy = createServer((client) => {
    const server = createConnection(serverPath);
    const cut = () => {
      client.destroy();
      server.destroy();
    };
    for (const socket of [client, server]) {
      sockets.add(socket);
      socket.on('error', cut);
      socket.on('close', () => {
        sockets.delete(socket);
        cut();
      });
    }
    client.on('data', (request) => server.write(request));
    server.on('data', (response) => {
      if (!isLosing) client.write(response);
      else {
        isLosing = false;
        cut();
      }
    });
  });
  proxy.listen(path);
  await once(proxy, 'listening');
  return {
    path,
    loseNextAnswer: () => {
      isLosing = true;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      proxy.close();
      await once(proxy, 'close');
    },
  };
}
