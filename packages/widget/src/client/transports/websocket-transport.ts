/** The WebSocket transport: a frame is the text of one message. */
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

/** `gateway` as the site gives it, with or without a path -> `ws(s)://…/v1/ws`. @throws {TypeError} not an absolute URL. */
export function webSocketUrl(gateway: string): string {
  const url = new URL(gateway);
  url.protocol = url.protocol === 'http:' || url.protocol === 'ws:' ? 'ws:' : 'wss:';
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/v1/ws`;
  url.search = '';
  url.hash = '';
  return url.href;
}

/** @param environment brings the socket. @throws {TypeError} when `gateway` is not an absolute URL. */
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

/** Of RFC 6455: nothing is wrong. */
const NORMAL = 1000;

class WebSocketConnection implements ClientChannel {
  readonly closed: Promise<ChannelClose>;
  readonly #events = new EventQueue<ChatEvent>();
  readonly #observer: ConnectionObserver;
  readonly #socket: Socket | undefined;
  /** Frames sent before the socket was up: the hello, so it does not grow. null: the socket is up. */
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
      // The page forbids it (an insecure socket from a secure page): the same as a line that does not come up.
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
    // Browsers complain in the console about one that is closed before it is up: it goes as soon as it is.
    if (this.#unsent !== null) return;
    // A page may say 1000 and its own codes alone: with another one `close` throws, and the socket stays.
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
