/** Tracks the open sessions and shuts the gateway down in order: running replies, connections, event log, files, store. */
import type { Clock, Limits, Timer } from './base/index.ts';
import type { EventLog } from './event-logs/event-log.ts';
import type { FileStore } from './files/file-store.ts';
import type { Runs } from './runs/runs.ts';
import type { Session } from './sessions/session.ts';
import type { SessionBroadcast } from './sessions/session-options.ts';
import type { Store } from './stores/store.ts';

/** The open sessions of a gateway, and its orderly end. */
export interface Lifecycle {
  /** True from the first call of `drain` or `close`. */
  readonly isDraining: boolean;
  /** Runs a session until its connection is closed. The lifecycle owns it from now on. */
  add(session: Session): void;
  /** Delivers a broadcast message to every session of this gateway. */
  publish(broadcastMessage: SessionBroadcast): void;
  /** Tells every session that the sites were replaced. */
  followSites(): void;
  /** Tells every session that the event log can no longer be reached, or can again. */
  followEventLog(): void;
  /**
   * Registers a function that `close` calls once, after the connections and before the event log and the stores are closed.
   * @returns takes it back: for what may end before the gateway does
   */
  onClose(stop: () => void): () => void;
  /** Tells the clients and waits for running replies, at most `limits.drainMs`. May be called twice. */
  drain(): Promise<void>;
  /** Drains, then closes the connections, the event log, the file store and the store. May be called twice. */
  close(): Promise<void>;
}

/**
 * The time within which clients should reconnect elsewhere: long enough to spread their return over the other gateways, and
 * far below `limits.drainMs`.
 */
const RECONNECT_WITHIN_MS = 5_000;

/** What `createLifecycle` needs. It closes the event log and both stores. */
export interface LifecycleOptions {
  clock: Clock;
  limits: Limits;
  runs: Runs;
  store: Store;
  eventLog: EventLog;
  /** Undefined when this gateway accepts no files. */
  files: FileStore | undefined;
}

/** Creates the lifecycle of one gateway. */
export function createLifecycle(options: LifecycleOptions): Lifecycle {
  const { clock, limits, runs, store, eventLog, files } = options;
  const sessions = new Set<Session>();
  const stops = new Set<() => void>();
  let draining: Promise<void> | undefined;
  let closing: Promise<void> | undefined;
  let isClosed = false;
  const drain = () =>
    (draining ??= (async () => {
      for (const session of sessions) session.announceDrain(RECONNECT_WITHIN_MS);
      await runs.drain(limits.drainMs);
    })());
  return {
    get isDraining() {
      return draining !== undefined;
    },
    add(session) {
      sessions.add(session);
      void session.run().finally(() => sessions.delete(session));
      if (draining !== undefined) session.announceDrain(RECONNECT_WITHIN_MS);
      // An HTTP request can still arrive on a kept-alive connection after `close`.
      if (isClosed) session.close('drain', 'the gateway is shut down');
    },
    publish(broadcastMessage) {
      for (const session of sessions) session.handle(broadcastMessage);
    },
    followSites() {
      for (const session of sessions) session.followSite();
    },
    followEventLog() {
      for (const session of sessions) session.followEventLog();
    },
    onClose(stop) {
      stops.add(stop);
      return () => void stops.delete(stop);
    },
    drain,
    close: () =>
      (closing ??= (async () => {
        await drain();
        await waitForViewers(sessions, clock);
        isClosed = true;
        for (const session of sessions) session.close('drain', 'the gateway is shutting down');
        for (const stop of stops) stop();
        await eventLog.close();
        await files?.close();
        await store.close();
      })()),
  };
}

/** A viewer that takes longer loses nothing: it has a cursor, reconnects to another gateway and resumes. */
const CATCH_UP_MS = 2_000;

/** The end of each reply is in the log by now; gives the viewers time to receive it before their connections are closed. */
async function waitForViewers(sessions: ReadonlySet<Session>, clock: Clock): Promise<void> {
  let timer: Timer | undefined;
  const timedOut = new Promise<void>((resolve) => (timer = clock.after(CATCH_UP_MS, resolve)));
  await Promise.race([Promise.all([...sessions].map((session) => session.waitUntilCaughtUp())), timedOut]);
  timer?.cancel();
}
