/** An open WebSocket that carries text, with its bounds: slow readers, silent peers, messages that never end. */
import type { Duplex } from 'node:stream';
import { CLOSE_CODES, type ChannelClose } from '@rivulet/protocol';
import type { WebSocket } from 'ws';
import type { Clock, Limits, Timer } from '../base/index.ts';
import { MessageProgress } from './message-progress.ts';

/** What an open socket needs. */
export interface TextSocketOptions {
  clock: Clock;
  limits: Pick<
    Limits,
    'pausedSocketBytes' | 'maxSocketBytes' | 'stuckSocketMs' | 'heartbeatMs' | 'requestMs'
  >;
}

/** An open WebSocket. */
export interface OpenSocket {
  webSocket: WebSocket;
  /**
   * The connection that carries it. Complete messages are written to it directly: `ws` would build the header again for each
   * viewer and write it separately. Its own writes (ping, pong, close) are complete as well, so that nothing interleaves.
   */
  stream: Duplex;
}

/** What arrives on a socket. */
export interface TextSocketEvents {
  /** A complete message. Undefined when it was binary. */
  onMessage: (text: string | undefined) => void;
  /** Nothing that arrives is read any more: the socket closes, or is closed. It may be called more than once. */
  onEnd: () => void;
}

/** The gateway's end of a socket. */
export interface TextSocket {
  /** Sends a complete message, as `webSocketMessageOf` encodes it. As `GatewayChannel.send`. */
  send: (message: Buffer) => Promise<void> | undefined;
  /** Closes the connection; a peer that does not answer is disconnected. */
  close: (how: ChannelClose) => void;
  /** The same, and nothing of this client is read any more. */
  cut: (how: ChannelClose) => void;
  /** Resolves when the connection is closed. */
  readonly closed: Promise<ChannelClose>;
}

/** Takes over the events of an open socket. Compression must be off. */
export function openTextSocket(
  socket: OpenSocket,
  { onMessage, onEnd }: TextSocketEvents,
  options: TextSocketOptions,
): TextSocket {
  const { webSocket } = socket;
  /** Nothing of this client is read any more, so the grace period ends the connection. */
  const cut = ({ code, reason }: ChannelClose) => {
    onEnd();
    webSocket.close(code, reason);
    webSocket.pause();
    terminateAfterGrace();
  };
  const closed = new Promise<ChannelClose>((resolve) => {
    webSocket.once('close', (code, reason) => {
      onEnd();
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
    onMessage(isBinary ? undefined : data.toString());
  });
  // An error is always followed by `close`, which is what counts; without a listener it would end the process.
  webSocket.on('error', () => undefined);
  endSilentPeer(webSocket, options, closed);
  limitMessageTime(socket, options, () => {
    cut({ code: CLOSE_CODES['bad-frame'], reason: 'a message was not completed in time' });
  });
  return {
    closed,
    send: createSender(socket, options),
    cut,
    close({ code, reason }) {
      onEnd();
      webSocket.close(code, reason.slice(0, 100)); // the frame has room for 123 bytes
      terminateAfterGrace();
    },
  };
}

/** A peer that does not answer the closing handshake within this time is disconnected. */
const CLOSE_GRACE_MS = 2_000;

function createSender(
  { webSocket, stream }: OpenSocket,
  { clock, limits }: TextSocketOptions,
): TextSocket['send'] {
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
  return (message: Buffer) => {
    if (webSocket.readyState !== webSocket.OPEN) return undefined;
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

/** Calls `onSlow` when a message has begun and is not complete within `requestMs`: a client that answers pings could hold it for ever. */
function limitMessageTime(
  { webSocket, stream }: OpenSocket,
  { clock, limits }: TextSocketOptions,
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
  { clock, limits }: TextSocketOptions,
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
