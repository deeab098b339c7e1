/** A store in memory: for tests, demos, and gateways that must not store conversations. */
import type { ConversationId, Message, MessageId, Usage } from '@rivulet/protocol';
import { collectBranch } from './branch.ts';
import { addProgress, noteIn } from './progress.ts';
import { settle } from '../base/index.ts';
import type {
  Acceptance,
  Accepted,
  ConversationRecord,
  EndedMessage,
  ListedConversation,
  ListOptions,
  Owner,
  OwnerKept,
  Progress,
  Revocation,
  Standing,
  Store,
  StoredMessage,
  UnsettledMessage,
  UsageRecord,
} from './store.ts';
import {
  acceptInto,
  createEntry,
  endInto,
  type Entry,
  isFound,
  isOwnedBy,
  keptOf,
  newestComplete,
  putInto,
  unsettledOf,
} from './memory-entry.ts';
import { createMemoryConsole } from './memory-console.ts';
import { createMemoryKnowledge } from './memory-knowledge.ts';
import { createMemoryFigures } from './memory-figures.ts';
import { createMemoryDesk } from './memory-desk.ts';
import { createMemoryDeskTeam } from './memory-desk-team.ts';
import { MemoryRetention } from './memory-retention.ts';
import { MemorySpending } from './memory-spending.ts';
import { MemoryUsage } from './memory-usage.ts';
import { MemoryRevocations } from './memory-revocations.ts';
import { previewOf } from './message-text.ts';
import { searchText } from './search-text.ts';
import { createMemorySiteEdits } from './site-edits.ts';
import { StoreError } from './store-error.ts';
import { createMemorySwitches, type SwitchStore } from './switch-store.ts';
import { createMemoryWebhooks } from './memory-webhooks.ts';

/** Creates a store in memory. It is unbounded: everything is kept until it is erased. */
export function createMemoryStore(): Store {
  return new MemoryStore();
}

class MemoryStore implements Store {
  readonly #entries = new Map<ConversationId, Entry>();
  readonly #usage = new MemoryUsage();
  readonly #revocations = new MemoryRevocations();
  #isClosed = false;
  readonly #spent = new MemorySpending();
  readonly spending = this.#spent.asStore((work) => this.#settle(work));
  readonly #retention = new MemoryRetention(this.#entries, this.#usage);
  readonly retention = this.#retention.asStore((work) => this.#settle(work));
  readonly switches: SwitchStore = createMemorySwitches((work) => this.#settle(work));
  readonly siteEdits = createMemorySiteEdits((work) => this.#settle(work));
  readonly figures = createMemoryFigures((work) => this.#settle(work));
  readonly console = createMemoryConsole(this.#entries, (work) => this.#settle(work));
  readonly desk = createMemoryDesk(this.#entries, (work) => this.#settle(work));
  readonly webhooks = createMemoryWebhooks((work) => this.#settle(work));
  readonly team = createMemoryDeskTeam(this.#entries, (work) => this.#settle(work));
  readonly knowledge = createMemoryKnowledge((work) => this.#settle(work));

  accept(acceptance: Acceptance): Promise<Accepted> {
    return this.#settle(() => this.#acceptNow(acceptance));
  }

  #acceptNow(acceptance: Acceptance): Accepted {
    const entry = this.#entries.get(acceptance.conversationId) ?? createEntry(acceptance);
    const accepted = acceptInto(entry, acceptance, this.#spent);
    if (accepted.kind === 'accepted') this.#entries.set(acceptance.conversationId, entry);
    return accepted;
  }

  readConversation(id: ConversationId, owner?: Owner): Promise<ConversationRecord | undefined> {
    return this.#settle(() => structuredClone(this.#entryOf(id, owner)?.record));
  }

  #entryOf(id: ConversationId, owner: Owner | undefined): Entry | undefined {
    const entry = this.#entries.get(id);
    return entry === undefined || owner === undefined || isOwnedBy(entry, owner) ? entry : undefined;
  }

  readStanding(id: ConversationId, messageId?: MessageId, owner?: Owner): Promise<Standing | undefined> {
    return this.#settle(() => {
      const entry = this.#entryOf(id, owner);
      if (entry === undefined) return undefined;
      const { record, messages, notes } = entry;
      const parentOf = ({ parentId }: Message) => (parentId === null ? undefined : messages.get(parentId));
      const message = messageId === undefined ? undefined : messages.get(messageId);
      const unfinished = [...messages.values()].filter(({ run }) => run?.state === 'running');
      return structuredClone({
        record,
        newestId: [...messages.keys()].at(-1) ?? null,
        named: message && { message, parent: parentOf(message), ...noteIn([[notes.get(message.id)]]) },
        unfinished: unfinished.map((answer) => ({ question: parentOf(answer), answer })),
      });
    });
  }

  readBranch(id: ConversationId, messageId: MessageId, maxChars: number): Promise<StoredMessage[]> {
    return this.#settle(() => {
      const entry = this.#entries.get(id);
      const branch = collectBranch(messageId, maxChars, (at) => {
        const message = entry?.messages.get(at);
        if (message === undefined) return undefined;
        const rounds = entry?.rounds.get(at);
        const value: StoredMessage = rounds === undefined ? message : { ...message, rounds };
        return { value, parentId: message.parentId, chars: JSON.stringify(value).length };
      });
      return structuredClone(branch);
    });
  }

  readMessages(id: ConversationId): Promise<Message[]> {
    return this.#settle(() => structuredClone([...(this.#entries.get(id)?.messages.values() ?? [])]));
  }

  putMessages(id: ConversationId, messages: readonly Message[], nowMs: number): Promise<void> {
    return this.#change(id, (entry) => {
      putInto(entry, messages, nowMs);
    });
  }

  saveProgress(progress: readonly Progress[]): Promise<void> {
    return this.#settle(() => {
      for (const { conversationId, messageId, events } of progress) {
        const entry = this.#entries.get(conversationId);
        const message = entry?.messages.get(messageId);
        if (entry === undefined || message?.run?.state !== 'running') continue;
        entry.messages.set(messageId, addProgress(conversationId, message, [events]));
        const note = events.findLast(({ type }) => type === 'run-note');
        if (note !== undefined) entry.notes.set(messageId, structuredClone(note));
      }
    });
  }

  endRun(id: ConversationId, message: EndedMessage, nowMs: number): Promise<boolean> {
    return this.#settle(() => {
      const { spent, run } = message;
      if (spent !== undefined && run !== undefined) this.#spent.settle(id, run.id, spent);
      const entry = this.#entries.get(id);
      return entry !== undefined && endInto(entry, message, nowMs);
    });
  }

  settleRun(id: ConversationId, messageId: MessageId): Promise<void> {
    return this.#change(id, ({ unsettled }) => {
      unsettled.delete(messageId);
    });
  }

  removeMessage(id: ConversationId, messageId: MessageId): Promise<void> {
    return this.#change(id, (entry) => {
      for (const kept of [entry.messages, entry.notes, entry.rounds, entry.facts]) kept.delete(messageId);
    });
  }

  setTitle(id: ConversationId, title: string, nowMs: number): Promise<void> {
    return this.#change(id, ({ record }) => {
      record.title = title;
      record.updatedAtMs = nowMs;
    });
  }

  listUnsettled(): Promise<UnsettledMessage[]> {
    return this.#settle(() => unsettledOf([...this.#entries.values()]));
  }

  listConversations(
    owner: Owner,
    { limit, beforeMs = Infinity, query = '' }: ListOptions,
  ): Promise<ListedConversation[]> {
    return this.#settle(() =>
      this.#entriesOf(owner)
        .filter((entry) => entry.record.updatedAtMs < beforeMs && isFound(entry, searchText(query)))
        .map((entry) => ({ ...entry.record, preview: previewOf(newestComplete(entry)) }))
        .sort((one, other) => other.updatedAtMs - one.updatedAtMs || (one.id < other.id ? -1 : 1))
        .slice(0, limit),
    );
  }

  readKept(owner: Owner): Promise<OwnerKept> {
    return this.#settle(() => keptOf(this.#entriesOf(owner)));
  }

  moveConversations(from: Owner, to: Owner): Promise<number> {
    return this.#settle(() => {
      const entries = this.#entriesOf(from);
      const { siteId, ownerId } = to;
      for (const { record } of entries) Object.assign(record, { siteId, ownerId });
      return entries.length;
    });
  }

  recordUsage(record: UsageRecord): Promise<void> {
    return this.#settle(() => {
      this.#usage.record(record);
    });
  }

  readUsage(owner: Owner, sinceMs: number): Promise<Usage> {
    return this.#settle(() => this.#usage.read(owner, sinceMs));
  }

  anonymiseUsage(owner: Owner): Promise<void> {
    return this.#settle(() => {
      this.#usage.anonymiseOwner(owner);
    });
  }

  eraseConversation(id: ConversationId): Promise<boolean> {
    return this.#settle(() => {
      const entry = this.#entries.get(id);
      return entry === undefined || this.#retention.erase([entry]).length > 0;
    });
  }

  eraseOwner(owner: Owner): Promise<number> {
    return this.#settle(() => this.#retention.erase(this.#entriesOf(owner)).length);
  }

  forgetKeys(beforeMs: number): Promise<void> {
    return this.#settle(() => {
      for (const { keys } of this.#entries.values())
        for (const [key, { createdAtMs }] of keys) if (createdAtMs < beforeMs) keys.delete(key);
    });
  }

  addRevocation(revocation: Revocation): Promise<void> {
    return this.#settle(() => {
      this.#revocations.add(revocation);
    });
  }

  listRevocations(sinceMs: number): Promise<Revocation[]> {
    return this.#settle(() => this.#revocations.list(sinceMs));
  }

  forgetRevocations(nowMs: number): Promise<void> {
    return this.#settle(() => {
      this.#revocations.forget(nowMs);
    });
  }

  readonly check = (): Promise<void> => this.#settle(() => undefined);

  /** Nobody else can use it. */
  readonly own = (): Promise<void> => this.#settle(() => undefined);

  close(): Promise<void> {
    this.#isClosed = true;
    return Promise.resolve();
  }

  #entriesOf(owner: Owner): Entry[] {
    return [...this.#entries.values()].filter((entry) => isOwnedBy(entry, owner));
  }

  /** No effect when the conversation does not exist, so that an erased one is not created again. */
  #change(id: ConversationId, change: (entry: Entry) => void): Promise<void> {
    return this.#settle(() => {
      const entry = this.#entries.get(id);
      if (entry !== undefined) change(entry);
    });
  }

  #settle<Result>(work: () => Result): Promise<Result> {
    return settle(() => {
      if (this.#isClosed) throw new StoreError('closed', 'The store is closed and cannot be used any more.');
      return work();
    });
  }
}
