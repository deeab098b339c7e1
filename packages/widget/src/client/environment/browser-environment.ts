/** The browser as an Environment: the only file of the client that touches the globals of a page. */
import { browserClock } from './browser-clock.ts';
import type {
  Environment,
  KeyValueStorage,
  Sign,
  SocketHandlers,
  TabChannel,
  TabLocks,
} from './environment.ts';

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
    locks: findLocks(),
    channel: openTabChannel,
    report: (error) => {
      // As an uncaught error, so that it reaches the console and the site's own error tracking.
      setTimeout(() => {
        throw error;
      });
    },
  };
}

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
  // Closed, or kept in memory to be come back to: a page there must hold no lock and no line.
  pagehide: 'offline',
};

function onSign(listener: (sign: Sign) => void): () => void {
  const receive = (event: Event) => {
    const sign = WINDOW_SIGNS[event.type] ?? 'visible';
    if (event.type === 'visibilitychange' && document.hidden) return;
    // Seen again while the system says offline: not worth an attempt.
    if (sign !== 'visible' || navigator.onLine) listener(sign);
  };
  for (const name of Object.keys(WINDOW_SIGNS)) addEventListener(name, receive);
  document.addEventListener('visibilitychange', receive);
  return () => {
    for (const name of Object.keys(WINDOW_SIGNS)) removeEventListener(name, receive);
    document.removeEventListener('visibilitychange', receive);
  };
}

/** Not there on an insecure page, which then has a line of its own. */
function findLocks(): TabLocks | undefined {
  // The types promise what only a secure context has.
  const locks = (navigator as { locks?: LockManager }).locks;
  return locks === undefined ? undefined : { hold: (...what) => holdLock(locks, ...what) };
}

function holdLock(locks: LockManager, ...[name, how, reported]: Parameters<TabLocks['hold']>): () => void {
  const place = new AbortController();
  let release = () => {
    place.abort();
  };
  let isReleased = false;
  const hold = (lock: Lock | null) => {
    if (isReleased) return undefined; // only waiting can be called off before
    if (lock === null) {
      reported.failed();
      return undefined;
    }
    const released = new Promise<void>((resolve) => (release = resolve));
    reported.held();
    return released;
  };
  locks
    .request(
      name,
      how === 'wait' ? { signal: place.signal } : { [how === 'try' ? 'ifAvailable' : 'steal']: true },
      hold,
    )
    .catch((error: unknown) => {
      if (isReleased) return;
      if (error instanceof DOMException && error.name === 'AbortError') reported.lost();
      else reported.failed();
    });
  return () => {
    isReleased = true;
    release();
  };
}

function openTabChannel(name: string, received: (message: unknown) => void): TabChannel | undefined {
  try {
    const channel = new BroadcastChannel(name);
    channel.onmessage = ({ data }: MessageEvent<unknown>) => {
      received(data);
    };
    return {
      post: (message) => {
        channel.postMessage(message);
      },
      close: () => {
        channel.onmessage = null; // what is on its way is not for a closed one
        channel.close();
      },
    };
  } catch {
    return undefined; // an older browser, or a sandboxed frame
  }
}
