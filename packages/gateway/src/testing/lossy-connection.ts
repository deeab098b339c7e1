/** A line to a server on a unix socket that can lose an answer: what was asked is done, and nobody hears of it. */
import { createConnection, createServer, type Socket } from 'node:net';
import { once } from 'node:events';

export interface LossyConnection {
  /** The path of its socket, instead of the server's. */
  readonly path: string;
  /** The next answer of the server is swallowed and its line is cut. */
  loseNextAnswer(): void;
  close(): Promise<void>;
}

export async function startLossyConnection(serverPath: string): Promise<LossyConnection> {
  const path = `${serverPath}.lossy`;
  const sockets = new Set<Socket>();
  let isLosing = false;
  const lines = createServer((near) => {
    const far = createConnection(serverPath);
    const cut = () => {
      near.destroy();
      far.destroy();
    };
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', cut);
      socket.on('close', () => {
        sockets.delete(socket);
        cut();
      });
    }
    near.on('data', (asked) => far.write(asked));
    far.on('data', (answer) => {
      if (!isLosing) near.write(answer);
      else {
        isLosing = false;
        cut();
      }
    });
  });
  lines.listen(path);
  await once(lines, 'listening');
  return {
    path,
    loseNextAnswer: () => {
      isLosing = true;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      lines.close();
      await once(lines, 'close');
    },
  };
}
