/** From the first session to the last. */
import type { Clock, Timer } from './base/clock.ts';
import type { EventLog, MovedBroadcast, TypingBroadcast } from './event-logs/event-log.ts';
import type { FileStore } from './files/file-store.ts';
import type { Limits } from './base/limits.ts';
import type { Runs } from './runs/runs.ts';
import type { Session } from './sessions/session.ts';
import type { Store } from './stores/store.ts';

export interface Lifecycle {
  readonly isDraining: boolean;
  /** Serves a session until its line is closed. */
  hold(session: Session): void;
  /** Passes on to every session what another one has brought about. */
  publish(broadcastMessage: MovedBroadcast | TypingBroadcast): void;
  /** Called once at the end, before the log and the store are closed. */
  onClose(stop: () => void): void;
  drain(): Promise<void>;
  close(): Promise<void>;
}

/** How soon clients should be gone after they were told: long enough to spread their return, short enough to wait for. */
const LEAVE_WITHIN_MS = 5_000;

export interface LifecycleOptions {
  clock: Clock;
  limits: Limits;
  runs: Runs;
  store: Store;
  eventLog: EventLog;
  files: FileStore | undefined;
}

/** Holds what is open, and leaves it in order: running replies, lines, the log, the store. */
export function createLifecycle({
  clock,
  limits,
  runs,
  store,
  eventLog,
  files,
}: LifecycleOptions): Lifecycle {
  const sessions = new Set<Session>();
  const stops: (() => void)[] = [];
  let draining: Promise<void> | undefined;
  let closing: Promise<void> | undefined;
  let isOver = false;
  const drain = () =>
    (draining ??= (async () => {
      for (const session of sessions) session.announceDrain(LEAVE_WITHIN_MS);
      await runs.drain(limits.drainMs);
    })());
  return {
    get isDraining() {
      return draining !== undefined;
    },
    hold(session) {
      sessions.add(session);
      void session.run().finally(() => sessions.delete(session));
      if (draining !== undefined) session.announceDrain(LEAVE_WITHIN_MS);
      // A request over HTTP may still come in on a connection that is there.
      if (isOver) session.close('drain', 'the gateway has left');
    },
    publish(broadcastMessage) {
      for (const session of sessions) session.handle(broadcastMessage);
    },
    onClose(stop) {
      stops.push(stop);
    },
    drain,
    close: () =>
      (closing ??= (async () => {
        await drain();
        await catchUp(sessions, clock);
        isOver = true;
        for (const session of sessions) session.close('drain', 'the gateway is leaving');
        for (const stop of stops) stop();
        await eventLog.close();
        await files?.close();
        await store.close();
      })()),
  };
}

/** A viewer that is slower than this has a cursor: it comes back and resumes. */
const CATCH_UP_MS = 2_000;

/** The end of a reply is in the log; its viewers should have it before their line is cut. */
async function catchUp(sessions: ReadonlySet<Session>, clock: Clock): Promise<void> {
  let timer: Timer | undefined;
  const tooLong = new Promise<void>((resolve) => (timer = clock.after(CATCH_UP_MS, resolve)));
  await Promise.race([Promise.all([...sessions].map((session) => session.caughtUp())), tooLong]);
  timer?.cancel();
}
