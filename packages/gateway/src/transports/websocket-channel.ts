/** The WebSocket transport, with backpressure: the sender waits for a slow socket, and the send buffer is bounded. */
import type { Duplex } from 'node:stream';
import { CLOSE_CODES, type ChannelClose } from '@rivulet/protocol';
import type { WebSocket } from 'ws';
import type { Clock, Limits, Timer } from '../base/index.ts';
import type { Frame } from './frame.ts';
import { MessageProgress } from './message-progress.ts';
import { readFrame } from './read-frame.ts';
import type { GatewayChannel, Incoming } from './transport.ts';

/** Options of `createWebSocketChannel`. */
export interface WebSocketChannelOptions {
  clock: Clock;
  limits: Pick<
    Limits,
    'pausedSocketBytes' | 'maxSocketBytes' | 'stuckSocketMs' | 'heartbeatMs' | 'requestMs'
  >;
}

/** Commands of one client that wait for the session. With more than this, the connection is closed as `rate-limited`. */
const MAX_WAITING_COMMANDS = 256;

/** An open WebSocket. */
export interface OpenSocket {
  webSocket: WebSocket;
  /**
   * The connection that carries it. Complete messages are written to it directly: `ws` would build the header again for each
   * viewer and write it separately. Its own writes (ping, pong, close) are complete as well, so that nothing interleaves.
   */
  stream: Duplex;
}

/** Creates the channel of an open socket and takes over its events. Compression must be off. */
export function createWebSocketChannel(socket: OpenSocket, options: WebSocketChannelOptions): GatewayChannel {
  const { webSocket } = socket;
  /** Nothing of this client is read any more, so the grace period ends the connection. */
  const cut = (code: number, reason: string) => {
    inbox.end();
    webSocket.close(code, reason);
    webSocket.pause();
    terminateAfterGrace();
  };
  const inbox = createInbox(() => {
    cut(CLOSE_CODES['rate-limited'], 'too many commands at once');
  });
  const closed = new Promise<ChannelClose>((resolve) => {
    webSocket.once('close', (code, reason) => {
      inbox.end();
      resolve({ code, reason: reason.toString() });
    });
  });
  const terminateAfterGrace = () => {
    const timer = options.clock.after(CLOSE_GRACE_MS, () => {
      webSocket.terminate();
    });
    void closed.then(() => {
      timer.cancel();
    });
  };
  webSocket.on('message', (data: Buffer, isBinary) => {
    inbox.push(isBinary ? undefined : data);
  });
  // An error is always followed by `close`, which is what counts; without a listener it would end the process.
  webSocket.on('error', () => undefined);
  endSilentPeer(webSocket, options, closed);
  limitMessageTime(socket, options, () => {
    cut(CLOSE_CODES['bad-frame'], 'a message was not completed in time');
  });
  const send = createSender(socket, options);
  return {
    closed,
    receive: () => inbox.read(),
    send,
    close({ code, reason }) {
      inbox.end();
      webSocket.close(code, reason.slice(0, 100)); // the frame has room for 123 bytes
      terminateAfterGrace();
    },
  };
}

/** A peer that does not answer the closing handshake within this time is disconnected. */
const CLOSE_GRACE_MS = 2_000;

function createSender(
  { webSocket, stream }: OpenSocket,
  { clock, limits }: WebSocketChannelOptions,
): GatewayChannel['send'] {
  /** Senders that wait for the connection: at most one for each conversation that the session views. */
  const waiting = new Set<() => void>();
  webSocket.once('close', () => {
    for (const done of waiting) done();
  });
  const writeAndWait = (message: Buffer) =>
    new Promise<void>((resolve) => {
      const timer = clock.after(limits.stuckSocketMs, () => {
        webSocket.terminate();
      });
      const done = () => {
        timer.cancel();
        waiting.delete(done);
        resolve();
      };
      waiting.add(done);
      stream.write(message, done);
    });
  return (frame: Frame) => {
    if (webSocket.readyState !== webSocket.OPEN) return undefined;
    const message = frame.webSocketMessage;
    // A sender that awaits `send` has at most one frame in the buffer, so more means that frames are sent without waiting.
    if (stream.writableLength > limits.maxSocketBytes) {
      webSocket.close(CLOSE_CODES.slow, 'too much is waiting for you');
      webSocket.terminate();
      return undefined;
    }
    if (stream.writableLength + message.length > limits.pausedSocketBytes) return writeAndWait(message);
    stream.write(message);
    return undefined;
  };
}

const noop = () => undefined;

interface Inbox {
  /** Decodes a message. @param data undefined when the message was binary */
  push(data: Buffer | undefined): void;
  read(): AsyncGenerator<Incoming>;
  /** Drops what waits and ignores what follows: no connection is left for the answers. */
  end(): void;
}

/** @param onOverflow called once, when too many commands wait; the inbox has ended then */
function createInbox(onOverflow: () => void): Inbox {
  const items: Incoming[] = [];
  let wake: (() => void) | undefined;
  let isEnded = false;
  const end = () => {
    isEnded = true;
    items.length = 0;
    wake?.();
  };
  return {
    push(data) {
      if (isEnded) return;
      items.push(...readFrame(data?.toString()));
      if (items.length > MAX_WAITING_COMMANDS) {
        end();
        onOverflow();
      } else wake?.();
    },
    async *read() {
      for (;;) {
        const item = items.shift();
        if (item !== undefined) yield item;
        else if (isEnded) return;
        else await new Promise<void>((resolve) => (wake = resolve));
      }
    },
    end,
  };
}

/** Calls `onSlow` when a message has begun and is not complete within `requestMs`: a client that answers pings could hold it for ever. */
function limitMessageTime(
  { webSocket, stream }: OpenSocket,
  { clock, limits }: WebSocketChannelOptions,
  onSlow: () => void,
): void {
  const progress = new MessageProgress();
  let timer: Timer | undefined;
  const follow = (chunk: Buffer) => {
    const { completed } = progress;
    progress.read(chunk);
    // The time of a message begins anew with the next one, also when they arrive in one chunk.
    if (!progress.isUnfinished || progress.completed !== completed) stop();
    if (progress.isUnfinished) timer ??= clock.after(limits.requestMs, onSlow);
  };
  const stop = () => {
    timer?.cancel();
    timer = undefined;
  };
  stream.on('data', follow);
  webSocket.once('close', () => {
    stream.off('data', follow);
    stop();
  });
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
