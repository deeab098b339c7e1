/** The environment of a browser. With browser-clock.ts and the modules of proof/ the only file of the client that uses the globals of a page. */
import { browserClock } from './browser-clock.ts';
import type {
  Environment,
  KeyValueStorage,
  Sign,
  SocketHandlers,
  TabChannel,
  TabLocks,
} from './environment.ts';

/**
 * If the animation frame does not arrive in this time, because the tab was hidden after the request, the callback runs anyway.
 */
const FRAME_FALLBACK_MS = 250;

/** Creates the environment of this page. It never throws: what the page forbids is left out, see KeyValueStorage and TabLocks. */
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
      // Thrown as an uncaught error, so that it reaches the console and the site's error tracking.
      setTimeout(() => {
        throw error;
      });
    },
  };
}

/** Where storage is blocked, reading the property already throws. */
function findStorage(): KeyValueStorage | null {
  try {
    return localStorage;
  } catch {
    return null; // the client then keeps its values in memory
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
    // The protocol has no binary frames. An empty text is counted as an unreadable frame.
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
  pagehide: 'left',
};

function onSign(listener: (sign: Sign) => void): () => void {
  const receive = (event: Event) => {
    const isRestored = event instanceof PageTransitionEvent && event.type === 'pageshow' && event.persisted;
    const sign = isRestored ? 'restored' : (WINDOW_SIGNS[event.type] ?? 'visible');
    if (event.type === 'visibilitychange' && document.hidden) return;
    // While the system is offline, becoming visible does not justify an attempt to connect.
    if (sign !== 'visible' || navigator.onLine) listener(sign);
  };
  for (const name of Object.keys(WINDOW_SIGNS)) addEventListener(name, receive);
  document.addEventListener('visibilitychange', receive);
  return () => {
    for (const name of Object.keys(WINDOW_SIGNS)) removeEventListener(name, receive);
    document.removeEventListener('visibilitychange', receive);
  };
}

/** Returns undefined on an insecure page (no HTTPS), which has no Web Locks. */
function findLocks(): TabLocks | undefined {
  // TypeScript declares `locks` as always present; only a secure context has it.
  const locks = (navigator as { locks?: LockManager }).locks;
  return locks === undefined ? undefined : { hold: (...what) => holdLock(locks, ...what) };
}

function holdLock(locks: LockManager, ...[name, how, reported]: Parameters<TabLocks['hold']>): () => void {
  const request = new AbortController();
  let release = () => {
    request.abort();
  };
  let isReleased = false;
  const hold = (lock: Lock | null) => {
    if (isReleased) return undefined; // released before it was granted; a request other than `wait` cannot be aborted
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
      how === 'wait' ? { signal: request.signal } : { [how === 'try' ? 'ifAvailable' : 'steal']: true },
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
        channel.onmessage = null; // messages that are already queued must not reach a closed channel
        channel.close();
      },
    };
  } catch {
    return undefined; // an older browser, or a sandboxed frame
  }
}
