/** The WebSocket end of a channel: frames encoded once for all viewers, a slow socket waited for, never queued without bound. */
import { CLOSE_CODES, type ChannelClose, type ChatEvent } from '@rivulet/protocol';
import type { WebSocket } from 'ws';
import type { Clock } from '../base/clock.ts';
import type { Limits } from '../base/limits.ts';
import { encodeOnce } from './encode-once.ts';
import { readFrame } from './read-frame.ts';
import type { GatewayChannel, Incoming } from './transport.ts';

export interface WebSocketChannelOptions {
  clock: Clock;
  limits: Pick<Limits, 'pausedSocketBytes' | 'maxSocketBytes' | 'stuckSocketMs' | 'heartbeatMs'>;
}

/** Commands of one client that wait for the session; more than this is a flood, and the line ends. */
const MAX_WAITING_COMMANDS = 256;

export function createWebSocketChannel(socket: WebSocket, options: WebSocketChannelOptions): GatewayChannel {
  const inbox = createInbox(socket);
  const closed = new Promise<ChannelClose>((resolve) => {
    socket.once('close', (code, reason) => {
      inbox.end();
      resolve({ code, reason: reason.toString() });
    });
  });
  socket.setMaxListeners(0); // each viewer of the session that waits for the socket listens for its end
  // An error is always followed by `close`, which is what counts; without a listener it would end the process.
  socket.on('error', () => undefined);
  endSilentPeer(socket, options, closed);
  return {
    closed,
    receive: () => inbox.read(),
    send: (item) => send(socket, item, options),
    close({ code, reason }) {
      socket.close(code, reason.slice(0, 100)); // the frame has room for 123 bytes
      const timer = options.clock.after(CLOSE_GRACE_MS, () => {
        socket.terminate();
      });
      void closed.then(() => {
        timer.cancel();
      });
    },
  };
}

/** A peer that does not answer the closing handshake is cut. */
const CLOSE_GRACE_MS = 2_000;

async function send(
  socket: WebSocket,
  item: ChatEvent | readonly ChatEvent[],
  { clock, limits }: WebSocketChannelOptions,
): Promise<void> {
  if (socket.readyState !== socket.OPEN) return;
  // Whoever awaits `send` has at most one frame waiting. Beyond that, somebody floods the line without reading it.
  if (socket.bufferedAmount > limits.maxSocketBytes) {
    socket.close(CLOSE_CODES.slow, 'too much is waiting for you');
    socket.terminate();
    return;
  }
  socket.send(encodeOnce(item), { binary: false }, noop);
  if (socket.bufferedAmount <= limits.pausedSocketBytes) return;
  await drained(socket, () =>
    clock.after(limits.stuckSocketMs, () => {
      socket.terminate();
    }),
  );
}

const noop = () => undefined;

/** Resolves when all that was written has left the process, or the socket is gone. */
function drained(socket: WebSocket, armTimer: () => { cancel(): void }): Promise<void> {
  return new Promise((resolve) => {
    const timer = armTimer();
    const done = () => {
      timer.cancel();
      socket.off('close', done);
      resolve();
    };
    socket.once('close', done);
    // A ping is written behind everything else: its callback tells that the socket has taken it all.
    socket.ping(undefined, false, done);
  });
}

interface Inbox {
  read(): AsyncGenerator<Incoming>;
  end(): void;
}

function createInbox(socket: WebSocket): Inbox {
  const items: Incoming[] = [];
  let wake: (() => void) | undefined;
  let isEnded = false;
  socket.on('message', (data: Buffer, isBinary) => {
    items.push(...readFrame(isBinary ? undefined : data.toString()));
    if (items.length > MAX_WAITING_COMMANDS)
      socket.close(CLOSE_CODES['rate-limited'], 'too many commands at once');
    wake?.();
  });
  return {
    async *read() {
      for (;;) {
        const item = items.shift();
        if (item !== undefined) yield item;
        else if (isEnded) return;
        else await new Promise<void>((resolve) => (wake = resolve));
      }
    },
    end() {
      isEnded = true;
      items.length = 0; // nobody is there to be answered
      wake?.();
    },
  };
}

/** A peer that lost its network says nothing: one that answers no ping for a whole heartbeat is cut. */
function endSilentPeer(
  socket: WebSocket,
  { clock, limits }: WebSocketChannelOptions,
  closed: Promise<unknown>,
): void {
  let isAlive = true;
  const handle = () => {
    isAlive = true;
  };
  socket.on('pong', handle);
  socket.on('message', handle);
  const beat = () =>
    clock.after(limits.heartbeatMs, () => {
      if (!isAlive) {
        socket.terminate();
        return;
      }
      isAlive = false;
      socket.ping(undefined, false, noop);
      timer = beat();
    });
  let timer = beat();
  void closed.then(() => {
    timer.cancel();
  });
}
