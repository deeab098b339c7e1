/** One immutable snapshot, made when somebody asks, and told at most once a frame. */
import type { ChatSnapshot } from '../chat.ts';
import type { Environment } from '../environment/environment.ts';

type Listener = (snapshot: ChatSnapshot) => void;

export class SnapshotSource {
  readonly #environment: Environment;
  readonly #describe: () => ChatSnapshot;
  readonly #listeners = new Set<Listener>();
  #snapshot: ChatSnapshot | undefined;
  #reported: ChatSnapshot | undefined;
  #isStale = true;
  #isScheduled = false;

  /** @param describe the state now; what it finds unchanged keeps its reference here. */
  constructor(environment: Environment, describe: () => ChatSnapshot) {
    this.#environment = environment;
    this.#describe = describe;
  }

  /** As it is now, also between two frames. */
  get snapshot(): ChatSnapshot {
    if (this.#snapshot === undefined || this.#isStale) {
      this.#isStale = false;
      this.#snapshot = share(this.#snapshot, this.#describe());
    }
    return this.#snapshot;
  }

  subscribe(listener: Listener): () => void {
    this.#reported ??= this.snapshot;
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Something may be different; the listeners hear of it with the next frame. */
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

/** The former snapshot when nothing changed; its list of pending messages when only that did not. */
function share(before: ChatSnapshot | undefined, now: ChatSnapshot): ChatSnapshot {
  if (before === undefined) return now;
  const isSamePending =
    before.pending.length === now.pending.length &&
    now.pending.every((pending, index) => pending === before.pending[index]);
  const shared = isSamePending ? { ...now, pending: before.pending } : now;
  const names = Object.keys(shared) as (keyof ChatSnapshot)[]; // Object.keys forgets the key type
  return names.every((name) => shared[name] === before[name]) ? before : shared;
}
