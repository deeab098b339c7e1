/** An environment in which the widget's client runs in Node: storage in memory, the sockets of Node, and an accelerated clock. */
import type { Clock } from '@rivulet/protocol';
import type {
  Environment,
  KeyValueStorage,
  SocketHandlers,
} from '../../packages/widget/src/client/environment/environment.ts';

/** Backoff and timeouts run this many times faster, so that a history takes a second instead of a minute. */
const SPEED = 8;

const startedAtMs = Date.now();
/** Consistent: both the time and the timers are accelerated. */
const fastClock: Clock = {
  now: () => startedAtMs + (Date.now() - startedAtMs) * SPEED,
  after(delayMs, callback) {
    const timer = setTimeout(callback, delayMs / SPEED);
    return {
      cancel: () => {
        clearTimeout(timer);
      },
    };
  },
};

/** A storage in memory. Clients that share it are tabs of the same browser. */
export class MemoryStorage implements KeyValueStorage {
  readonly #values = new Map<string, string>();
  getItem = (key: string): string | null => this.#values.get(key) ?? null;
  setItem = (key: string, value: string): void => {
    this.#values.set(key, value);
  };
  removeItem = (key: string): void => {
    this.#values.delete(key);
  };
}

/**
 * Creates an environment without tab locks and channels, so every client has a connection of its own. Errors that the client
 * reports are thrown.
 */
export function createNodeEnvironment(storage: KeyValueStorage): Environment {
  return {
    clock: fastClock,
    random: (length) => crypto.getRandomValues(new Uint8Array(length)),
    storage,
    schedule: setImmediate,
    openSocket,
    fetch: (...request) => fetch(...request),
    onSign: () => () => undefined,
    isOnline: () => true,
    report: (error) => {
      throw error;
    },
  };
}

function openSocket(url: string, subprotocol: string, handlers: SocketHandlers) {
  const socket = new WebSocket(url, subprotocol);
  socket.addEventListener('open', () => {
    handlers.opened();
  });
  socket.addEventListener('message', ({ data }) => {
    handlers.text(String(data));
  });
  socket.addEventListener('close', ({ code, reason }) => {
    handlers.closed(code, reason);
  });
  return {
    send: (frame: string) => {
      socket.send(frame);
    },
    close: (code: number, reason: string) => {
      socket.close(code, reason);
    },
  };
}
