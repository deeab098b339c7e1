/** The browser as an Environment: the only file of the client that touches the globals of a page. */
import type { Clock } from './clock.ts';
import type { Environment, KeyValueStorage, Sign, SocketHandlers } from './environment.ts';

/** A frame that does not come (the tab was hidden after it was asked for) is replaced after this long. */
const FRAME_FALLBACK_MS = 250;

/** @throws never: what a page forbids is worked around, see KeyValueStorage. */
export function createBrowserEnvironment(): Environment {
  return {
    clock: browserClock,
    random: (length) => crypto.getRandomValues(new Uint8Array(length)),
    storage: findStorage(),
    schedule: scheduleFrame,
    openSocket,
    fetch: (...request) => fetch(...request),
    onSign,
    isOnline: () => navigator.onLine,
    report: (error) => {
      // As an uncaught error, so that it reaches the console and the site's own error tracking.
      setTimeout(() => {
        throw error;
      });
    },
  };
}

const browserClock: Clock = {
  now: () => Date.now(),
  after: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs);
    return {
      cancel: () => {
        clearTimeout(timer);
      },
    };
  },
};

/** Reading the property alone throws where storage is blocked. */
function findStorage(): KeyValueStorage | null {
  try {
    return localStorage;
  } catch {
    return null; // the client then keeps in memory what it would have stored
  }
}

function scheduleFrame(callback: () => void): void {
  let isDone = false;
  const once = () => {
    if (isDone) return;
    isDone = true;
    cancelAnimationFrame(frame);
    clearTimeout(timer);
    callback();
  };
  const frame = requestAnimationFrame(once);
  const timer = setTimeout(once, document.hidden ? 0 : FRAME_FALLBACK_MS);
}

function openSocket(url: string, subprotocol: string, handlers: SocketHandlers) {
  const socket = new WebSocket(url, subprotocol);
  socket.onopen = () => {
    handlers.opened();
  };
  socket.onmessage = ({ data }: MessageEvent<unknown>) => {
    // A binary frame is none of ours; as an empty text it is counted as unreadable.
    handlers.text(typeof data === 'string' ? data : '');
  };
  socket.onclose = ({ code, reason }) => {
    handlers.closed(code, reason);
  };
  return socket;
}

const WINDOW_SIGNS: Readonly<Record<string, Sign>> = {
  focus: 'visible',
  pageshow: 'visible',
  online: 'online',
  offline: 'offline',
};

function onSign(listener: (sign: Sign) => void): () => void {
  const hear = (event: Event) => {
    const sign = WINDOW_SIGNS[event.type] ?? 'visible';
    if (event.type === 'visibilitychange' && document.hidden) return;
    // Seen again while the system says offline: not worth an attempt.
    if (sign !== 'visible' || navigator.onLine) listener(sign);
  };
  for (const name of Object.keys(WINDOW_SIGNS)) addEventListener(name, hear);
  document.addEventListener('visibilitychange', hear);
  return () => {
    for (const name of Object.keys(WINDOW_SIGNS)) removeEventListener(name, hear);
    document.removeEventListener('visibilitychange', hear);
  };
}
