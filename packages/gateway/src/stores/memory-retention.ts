/** Retention of the memory store. */
import type { ConversationId } from '@rivulet/protocol';
import { unsettledOf, type Entry } from './memory-entry.ts';
import type { MemoryUsage } from './memory-usage.ts';
import type { Expiry, JobClaim, RetentionStore } from './retention.ts';

interface Job {
  holder: string;
  untilMs: number;
  doneMs: number;
}

/** Erases entries that are not held. Its methods are synchronous, so that nothing comes between a check and a write. */
export class MemoryRetention {
  readonly #entries: Map<ConversationId, Entry>;
  readonly #usage: MemoryUsage;
  /** Conversations that were erased, while their files and events may be left. */
  readonly #erased = new Set<ConversationId>();
  readonly #jobs = new Map<string, Job>();

  constructor(entries: Map<ConversationId, Entry>, usage: MemoryUsage) {
    this.#entries = entries;
    this.#usage = usage;
  }

  /** @returns those that were deleted; a held one stays */
  erase(entries: readonly Entry[]): ConversationId[] {
    const ids = entries.filter(({ hold }) => hold === undefined).map(({ record }) => record.id);
    for (const id of ids) {
      this.#entries.delete(id);
      this.#erased.add(id);
    }
    return ids;
  }

  /** The seam. @param settle calls what it is given, unless the store is closed */
  asStore(settle: <Result>(work: () => Result) => Promise<Result>): RetentionStore {
    return {
      listExpired: (expiry, limit) =>
        settle(() =>
          [...this.#entries.values()]
            .filter((entry) => isExpired(entry, expiry))
            .map(({ record }) => record)
            .sort((one, other) => one.updatedAtMs - other.updatedAtMs || (one.id < other.id ? -1 : 1))
            .slice(0, limit)
            .map(({ id, siteId, ownerId }) => ({ id, siteId, ownerId })),
        ),
      eraseExpired: (expiry, ids) =>
        settle(() => {
          const erased = this.erase(this.#entriesOf(ids).filter((entry) => isExpired(entry, expiry)));
          this.#usage.anonymiseConversations(new Set(erased));
          return erased;
        }),
      listErased: (limit) =>
        settle(() => [...this.#erased].filter((id) => !this.#entries.has(id)).slice(0, limit)),
      forgetErased: (ids) =>
        settle(() => {
          for (const id of ids) this.#erased.delete(id);
        }),
      ...this.#holds(settle),
      claimJob: (claim) => settle(() => this.#claim(claim)),
      finishJob: ({ name, holder, nowMs }) =>
        settle(() => {
          if (this.#jobs.get(name)?.holder === holder)
            this.#jobs.set(name, { holder, untilMs: 0, doneMs: nowMs });
        }),
    };
  }

  #holds(
    settle: <Result>(work: () => Result) => Promise<Result>,
  ): Pick<RetentionStore, 'hold' | 'liftHold' | 'listHolds'> {
    return {
      hold: ({ conversationId, sinceMs, reason }) =>
        settle(() => {
          const entry = this.#entries.get(conversationId);
          if (entry === undefined) return false;
          entry.hold = { sinceMs: entry.hold?.sinceMs ?? sinceMs, reason };
          entry.record.isHeld = true;
          return true;
        }),
      liftHold: (id) =>
        settle(() => {
          const entry = this.#entries.get(id);
          if (entry?.hold === undefined) return false;
          entry.hold = undefined;
          delete entry.record.isHeld;
          return true;
        }),
      listHolds: (limit, after = '') =>
        settle(() =>
          [...this.#entries.values()]
            .flatMap(({ hold, record: { id, siteId } }) =>
              hold === undefined || id <= after ? [] : [{ conversationId: id, siteId, ...hold }],
            )
            .sort((one, other) => (one.conversationId < other.conversationId ? -1 : 1))
            .slice(0, limit),
        ),
    };
  }

  #claim({ name, holder, nowMs, untilMs, dueSinceMs }: JobClaim): boolean {
    const job = this.#jobs.get(name);
    if (job !== undefined && job.doneMs >= dueSinceMs) return false;
    if (job !== undefined && job.holder !== holder && job.untilMs > nowMs) return false;
    this.#jobs.set(name, { holder, untilMs, doneMs: job?.doneMs ?? -Infinity });
    return true;
  }

  #entriesOf(ids: readonly ConversationId[]): Entry[] {
    return ids.flatMap((id) => this.#entries.get(id) ?? []);
  }
}

const isExpired = (entry: Entry, { siteId, beforeMs }: Expiry): boolean =>
  entry.record.siteId === siteId &&
  entry.record.updatedAtMs < beforeMs &&
  entry.hold === undefined &&
  unsettledOf([entry]).length === 0;
