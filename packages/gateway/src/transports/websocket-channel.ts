/** The WebSocket transport, with backpressure: the sender waits for a slow socket, and the send buffer is bounded. */
import { CLOSE_CODES } from '@rivulet/protocol';
import { readFrame } from './read-frame.ts';
import { openTextSocket, type OpenSocket, type TextSocketOptions } from './text-socket.ts';
import type { GatewayChannel, Incoming } from './transport.ts';

/** Commands of one client that wait for the session. With more than this, the connection is closed as `rate-limited`. */
const MAX_WAITING_COMMANDS = 256;

/** Creates the channel of an open socket and takes over its events. Compression must be off. */
export function createWebSocketChannel(socket: OpenSocket, options: TextSocketOptions): GatewayChannel {
  const inbox = createInbox(() => {
    cut({ code: CLOSE_CODES['rate-limited'], reason: 'too many commands at once' });
  });
  const events = { onMessage: inbox.push, onEnd: inbox.end };
  const { cut, close, closed, send } = openTextSocket(socket, events, options);
  return {
    closed,
    receive: () => inbox.read(),
    send: (frame) => send(frame.webSocketMessage),
    close,
  };
}

interface Inbox {
  /** Decodes a message. @param text undefined when the message was binary */
  push: (text: string | undefined) => void;
  read(): AsyncGenerator<Incoming>;
  /** Drops what waits and ignores what follows: no connection is left for the answers. */
  end: () => void;
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
    push(text) {
      if (isEnded) return;
      items.push(...readFrame(text));
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
