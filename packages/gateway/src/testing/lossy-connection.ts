/** A proxy to a server on a unix socket that can lose or hold a response, which the server has sent. */
import { createConnection, createServer, type Socket } from 'node:net';
import { once } from 'node:events';

/** A running proxy. */
export interface LossyConnection {
  /** The path of the proxy's socket, to use instead of the server's. */
  readonly path: string;
  /** Discards the server's next response and closes its connection. */
  loseNextAnswer(): void;
  /** Stops the connection on which the server's next long response arrives, until `release`. The others continue. */
  holdNextLongAnswer(): { held: Promise<unknown>; release: () => void };
  /** Closes all connections and the proxy. */
  close(): Promise<void>;
}

/** More than the answer to any short command, in bytes; less than Node reads from a socket at a time. */
const LONG_ANSWER_BYTES = 16_384;

/** Starts a proxy to the server that listens on `serverPath`. */
export async function startLossyConnection(serverPath: string): Promise<LossyConnection> {
  const path = `${serverPath}.lossy`;
  const sockets = new Set<Socket>();
  let isLosing = false;
  let hold: { began: () => void; released: Promise<unknown> } | undefined;
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
      if (isLosing) {
        isLosing = false;
        cut();
        return;
      }
      client.write(response);
      if (hold === undefined || response.length < LONG_ANSWER_BYTES) return;
      server.pause();
      hold.began();
      void hold.released.then(() => server.resume());
      hold = undefined;
    });
  });
  proxy.listen(path);
  await once(proxy, 'listening');
  return {
    path,
    loseNextAnswer: () => {
      isLosing = true;
    },
    holdNextLongAnswer() {
      const [began, released] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
      const begin = () => {
        began.resolve(undefined);
      };
      hold = { began: begin, released: released.promise };
      const release = () => {
        released.resolve(undefined);
      };
      return { held: began.promise, release };
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      proxy.close();
      await once(proxy, 'close');
    },
  };
}
