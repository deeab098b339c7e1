/** A browser's worth of environment for the widget's own client in Node: one storage for its tabs, a clock that runs faster. */
import type { Clock } from '@rivulet/protocol';
import type {
  Environment,
  KeyValueStorage,
  SocketHandlers,
} from '../../packages/widget/src/client/environment/environment.ts';

/** Backoff and time-outs run this many times faster, so that a history takes a second and not a minute. */
const SPEED = 8;

const startedAtMs = Date.now();
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
