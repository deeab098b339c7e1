/** Creates the immutable snapshot lazily and notifies subscribers at most once per animation frame. */
import type { ChatSnapshot } from '../chat.ts';
import type { Environment } from '../environment/environment.ts';

type Listener = (snapshot: ChatSnapshot) => void;

/** The source of a chat's snapshots: an external store as React's `useSyncExternalStore` expects it. */
export class SnapshotSource {
  readonly #environment: Environment;
  readonly #describe: () => ChatSnapshot;
  readonly #listeners = new Set<Listener>();
  #snapshot: ChatSnapshot | undefined;
  #reported: ChatSnapshot | undefined;
  #isStale = true;
  #isScheduled = false;

  /** @param describe returns the current state. Values that did not change keep their reference in the snapshot. */
  constructor(environment: Environment, describe: () => ChatSnapshot) {
    this.#environment = environment;
    this.#describe = describe;
  }

  /** The state now, also between two notifications; the same object until something changes. */
  get snapshot(): ChatSnapshot {
    if (this.#snapshot === undefined || this.#isStale) {
      this.#isStale = false;
      this.#snapshot = share(this.#snapshot, this.#describe());
    }
    return this.#snapshot;
  }

  /** Calls `listener` after changes. An error that it throws is reported. @returns a function that unsubscribes */
  subscribe(listener: Listener): () => void {
    this.#reported ??= this.snapshot;
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Marks the snapshot as stale. Subscribers are notified with the next frame if it has changed by then. */
  changed(): void {
    this.#isStale = true;
    if (this.#isScheduled || this.#listeners.size === 0) return;
    this.#isScheduled = true;
    this.#environment.schedule(() => {
      this.#isScheduled = false;
      this.#report();
    });
  }

  #report(): void {
    const { snapshot } = this;
    if (snapshot === this.#reported) return;
    this.#reported = snapshot;
    for (const listener of this.#listeners) {
      try {
        listener(snapshot);
      } catch (error) {
        this.#environment.report(error);
      }
    }
  }
}

/** Returns `before` when nothing changed; otherwise `now`, with the former lists of messages that are equal. */
function share(before: ChatSnapshot | undefined, now: ChatSnapshot): ChatSnapshot {
  if (before === undefined) return now;
  const shared = {
    ...now,
    pending: sameList(before.pending, now.pending),
    queued: sameList(before.queued, now.queued),
  };
  const names = Object.keys(shared) as (keyof ChatSnapshot)[]; // Object.keys forgets the key type
  return names.every((name) => shared[name] === before[name]) ? before : shared;
}

function sameList<Item>(before: readonly Item[], now: readonly Item[]): readonly Item[] {
  const isSame = before.length === now.length && now.every((item, index) => item === before[index]);
  return isSame ? before : now;
}
