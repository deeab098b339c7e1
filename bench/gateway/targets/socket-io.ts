/** The relay on Socket.IO as a target, with the library's client. */
import { io } from 'socket.io-client';
import type { WebSocket } from 'ws';
import { startChild } from '../child.ts';
import { openAll, type Target } from './target.ts';

/** Starts the relay on Socket.IO. */
export async function startSocketIo(upstreamUrl: string): Promise<Target> {
  const child = await startChild(['bench/gateway/relays/socket-io.ts'], { UPSTREAM_URL: upstreamUrl });
  const open = async () => {
    const socket = io(child.url, { transports: ['websocket'], forceNew: true, reconnection: false });
    await new Promise<void>((resolve) => {
      socket.once('connect', resolve);
    });
    return socket;
  };
  return {
    name: 'socket.io',
    child,
    hasIdleConnections: true,
    async connect() {
      const socket = await open();
      return {
        ask: (plan, onText) =>
          new Promise((resolve) => {
            socket.off('delta').on('delta', onText).once('end', resolve).emit('ask', JSON.stringify(plan));
          }),
        pause: () => {
          // The client has no such method, and its types hide the WebSocket, which under Node is one of the `ws` package.
          const { ws } = socket.io.engine.transport as unknown as { ws: WebSocket };
          ws.pause();
        },
        close: () => socket.close(),
      };
    },
    async gather(viewers) {
      const all = await openAll(viewers, async () => {
        const socket = await open();
        await socket.emitWithAck('join', 'room');
        return socket;
      });
      return {
        viewers,
        async ask(plan, onText) {
          const ends = all.map(
            (socket, viewer) =>
              new Promise<void>((resolve) => {
                socket.on('delta', (text: string) => {
                  onText(viewer, text);
                });
                socket.once('end', resolve);
              }),
          );
          all[0]?.emit('ask', JSON.stringify(plan));
          await Promise.all(ends);
        },
        close: () => {
          for (const socket of all) socket.close();
        },
      };
    },
    startAnother: () => startSocketIo(upstreamUrl),
    close: () => child.end(),
  };
}
