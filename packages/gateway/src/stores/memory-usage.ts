/** The usage records of the memory store. */
import type { ConversationId, Usage } from '@rivulet/protocol';
import { isSameOwner } from './memory-entry.ts';
import type { Owner, UsageRecord } from './store.ts';

/** Usage by conversation and run, so that recording a run again replaces its usage. */
export class MemoryUsage {
  readonly #records = new Map<string, UsageRecord>();

  /** @see Store.recordUsage */
  record(record: UsageRecord): void {
    this.#records.set(`${record.conversationId} ${record.runId}`, structuredClone(record));
  }

  /** @see Store.readUsage */
  read(owner: Owner, sinceMs: number): Usage {
    const total: Usage = { inputTokens: 0, outputTokens: 0 };
    for (const { owner: of, usage, atMs } of this.#records.values()) {
      if (!isSameOwner(of, owner) || atMs < sinceMs) continue;
      total.inputTokens += usage.inputTokens;
      total.outputTokens += usage.outputTokens;
    }
    return total;
  }

  /** Removes the owner from the records of these conversations. */
  anonymiseConversations(ids: ReadonlySet<ConversationId>): void {
    this.#anonymise(({ conversationId }) => ids.has(conversationId));
  }

  /** @see Store.anonymiseUsage */
  anonymiseOwner(owner: Owner): void {
    this.#anonymise((record) => isSameOwner(record.owner, owner));
  }

  #anonymise(isMeant: (record: UsageRecord) => boolean): void {
    for (const record of this.#records.values())
      if (isMeant(record)) record.owner = { ...record.owner, ownerId: '' };
  }
}
