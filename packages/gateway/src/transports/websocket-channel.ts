/** The WebSocket transport, with backpressure: the sender waits for a slow socket, and the send buffer is bounded. */
import { CLOSE_CODES, type ChannelClose, type ChatEvent } from '@rivulet/protocol';
import type { WebSocket } from 'ws';
import type { Clock, Limits } from '../base/index.ts';
import { encodeOnce } from './encode-once.ts';
import { readFrame } from './read-frame.ts';
import type { GatewayChannel, Incoming } from './transport.ts';

/** Options of `createWebSocketChannel`. */
export interface WebSocketChannelOptions {
  clock: Clock;
  limits: Pick<Limits, 'pausedSocketBytes' | 'maxSocketBytes' | 'stuckSocketMs' | 'heartbeatMs'>;
}

/** Commands of one client that wait for the session. With more than this, the connection is closed as `rate-limited`. */
const MAX_WAITING_COMMANDS = 256;

/** Creates the channel of an open socket and takes over its events. */
export function createWebSocketChannel(socket: WebSocket, options: WebSocketChannelOptions): GatewayChannel {
  const inbox = createInbox(socket);
  const closed = new Promise<ChannelClose>((resolve) => {
    socket.once('close', (code, reason) => {
      inbox.end();
      resolve({ code, reason: reason.toString() });
    });
  });
  socket.setMaxListeners(0); // each pending `send` listens for `close`
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

/** A peer that does not answer the closing handshake within this time is disconnected. */
const CLOSE_GRACE_MS = 2_000;

async function send(
  socket: WebSocket,
  item: ChatEvent | readonly ChatEvent[],
  { clock, limits }: WebSocketChannelOptions,
): Promise<void> {
  if (socket.readyState !== socket.OPEN) return;
  // A sender that awaits `send` has at most one frame in the buffer, so more means that frames are sent without waiting.
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

/** Resolves when everything written has left the process, or the socket is closed. */
function drained(socket: WebSocket, armTimer: () => { cancel(): void }): Promise<void> {
  return new Promise((resolve) => {
    const timer = armTimer();
    const done = () => {
      timer.cancel();
      socket.off('close', done);
      resolve();
    };
    socket.once('close', done);
    // A ping is written after everything else; its callback means that the socket has taken all of it.
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
      items.length = 0; // no connection is left for the answers
      wake?.();
    },
  };
}

/** Detects a peer that lost its network: one that does not answer a ping within a heartbeat interval is disconnected. */
function endSilentPeer(
  socket: WebSocket,
  { clock, limits }: WebSocketChannelOptions,
  closed: Promise<unknown>,
): void {
  let isAlive = true;
  const markAlive = () => {
    isAlive = true;
  };
  socket.on('pong', markAlive);
  socket.on('message', markAlive);
  const armPing = () =>
    clock.after(limits.heartbeatMs, () => {
      if (!isAlive) {
        socket.terminate();
        return;
      }
      isAlive = false;
      socket.ping(undefined, false, noop);
      timer = armPing();
    });
  let timer = armPing();
  void closed.then(() => {
    timer.cancel();
  });
}
