/** The WebSocket transport. Each frame is one text message. */
import {
  CLOSE_CODES,
  ChatError,
  WEBSOCKET_SUBPROTOCOL,
  decodeEvents,
  encodeFrame,
  type ChannelClose,
  type ChatEvent,
  type Command,
} from '@rivulet/protocol';
import type { Environment, Socket } from '../environment/environment.ts';
import {
  ABNORMAL,
  UNREADABLE,
  type ClientChannel,
  type ConnectionObserver,
  type Transport,
} from './transport.ts';
import { EventQueue } from './event-queue.ts';

/** The URL of the gateway's WebSocket: `ws(s)://…/v1/ws`. A path in `gateway` is kept. @throws {TypeError} when it is not an absolute URL */
export function webSocketUrl(gateway: string): string {
  const url = new URL(gateway);
  url.protocol = url.protocol === 'http:' || url.protocol === 'ws:' ? 'ws:' : 'wss:';
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/v1/ws`;
  url.search = '';
  url.hash = '';
  return url.href;
}

/** Creates the WebSocket transport; `environment` opens its sockets. @throws {TypeError} when `gateway` is not an absolute URL */
export function createWebSocketTransport(
  gateway: string,
  environment: Pick<Environment, 'openSocket'>,
): Transport {
  const url = webSocketUrl(gateway);
  return {
    name: 'websocket',
    open: (observer) => new WebSocketConnection(url, environment, observer),
  };
}

/** The close code of RFC 6455 for a normal end. */
const NORMAL = 1000;

class WebSocketConnection implements ClientChannel {
  readonly closed: Promise<ChannelClose>;
  readonly #events = new EventQueue<ChatEvent>();
  readonly #observer: ConnectionObserver;
  readonly #socket: Socket | undefined;
  /** Frames sent before the socket opened: only the hello, so the array does not grow. null once the socket is open. */
  #unsent: string[] | null = [];
  #isClosed = false;
  #settle: (close: ChannelClose) => void = () => undefined;

  constructor(url: string, environment: Pick<Environment, 'openSocket'>, observer: ConnectionObserver) {
    this.#observer = observer;
    this.closed = new Promise((resolve) => (this.#settle = resolve));
    try {
      this.#socket = environment.openSocket(url, WEBSOCKET_SUBPROTOCOL, {
        opened: () => {
          this.#flush();
        },
        text: (frame) => {
          this.#read(frame);
        },
        closed: (code, reason) => {
          this.#end({ code, reason });
        },
      });
    } catch {
      // The page forbids this socket, such as ws: on an https: page. It counts as a connection that cannot be established.
      this.#end(ABNORMAL);
    }
  }

  send(item: Command | readonly Command[]): Promise<void> {
    const frame = encodeFrame(item);
    if (this.#isClosed) return Promise.resolve();
    if (this.#unsent === null) this.#socket?.send(frame);
    else this.#unsent.push(frame);
    return Promise.resolve();
  }

  receive(): AsyncIterable<ChatEvent> {
    return this.#events.read();
  }

  close(close: ChannelClose): void {
    if (this.#isClosed) return;
    this.#end(close);
    this.#closeSocket(close);
  }

  #closeSocket({ code, reason }: ChannelClose): void {
    // Browsers log an error when a socket is closed before it opens, so #flush closes it once it has opened.
    if (this.#unsent !== null) return;
    // A page may only close with 1000 and 3000 to 4999. With any other code `close` throws, and the socket stays open.
    this.#socket?.close(code === UNREADABLE.code ? CLOSE_CODES['bad-frame'] : code, reason);
  }

  #flush(): void {
    const unsent = this.#unsent ?? [];
    this.#unsent = null;
    if (this.#isClosed) this.#socket?.close(NORMAL, '');
    else for (const frame of unsent) this.#socket?.send(frame);
  }

  #read(frame: string): void {
    if (this.#isClosed) return;
    try {
      const { items, ignored } = decodeEvents(frame);
      if (ignored > 0) this.#observer.ignored(ignored);
      this.#events.push(items);
    } catch (error) {
      this.#observer.unreadable(ChatError.from(error, 'bad-frame'));
      this.#end(UNREADABLE);
      this.#closeSocket(UNREADABLE);
    }
  }

  #end(close: ChannelClose): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#events.end();
    this.#settle(close);
  }
}
