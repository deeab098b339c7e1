/** The embedded store: one SQLite file, without any server. */
import type { ConversationId, Message } from '@rivulet/protocol';
import * as v from 'valibot';
import { settle } from '../base/index.ts';
import { answerWithoutRun } from './store-error.ts';
import {
  openSqlite,
  type Durability,
  type SqliteDatabase,
  type SqliteFileOptions,
} from './sqlite-database.ts';
import { prepareStatements, type Statements } from './sqlite-statements.ts';
import type {
  Acceptance,
  Accepted,
  ConversationRecord,
  ListedConversation,
  ListOptions,
  Owner,
  Store,
  UsageRecord,
} from './store.ts';
import { searchText, searchTextOf } from './search-text.ts';
import {
  KeyRowSchema,
  OwnerRowSchema,
  UsageRowSchema,
  toConversation,
  toStored,
  toSummary,
} from './stored-row.ts';

/** Options of `createSqliteStore`. */
export type SqliteStoreOptions = SqliteFileOptions;

/**
 * Opens or creates the file. Accepted messages and ends of runs are synced to the disk; the checkpoint of a running reply
 * survives the end of the process, but not a power cut.
 * @throws {ChatError} `internal`, naming the file, when it cannot be opened or has a newer schema version.
 */
export function createSqliteStore(options: SqliteStoreOptions): Store {
  return new SqliteStore(openSqlite(options));
}

class SqliteStore implements Store {
  readonly #database: SqliteDatabase;
  readonly #sql: Statements;

  constructor(database: SqliteDatabase) {
    this.#database = database;
    this.#sql = prepareStatements(database);
  }

  accept(acceptance: Acceptance): Promise<Accepted> {
    return this.#write('power-loss', () => this.#acceptNow(acceptance));
  }

  #acceptNow(acceptance: Acceptance): Accepted {
    const { conversationId: id, owner, question, answer, digest, key, nowMs } = acceptance;
    const { run } = answer;
    if (run === undefined) throw answerWithoutRun();
    const found = this.#sql.readOwner.get(id);
    if (found === undefined) {
      const title = [JSON.stringify(acceptance.title ?? null), searchText(acceptance.title ?? '')] as const;
      this.#sql.addConversation.run(id, owner.siteId, owner.ownerId, ...title, nowMs, nowMs);
    } else {
      const { site_id, owner_id } = v.parse(OwnerRowSchema, found);
      if (site_id !== owner.siteId || owner_id !== owner.ownerId) return { kind: 'not-found' };
    }
    const used = this.#sql.readKey.get(id, key);
    if (used !== undefined) {
      const { digest: before, answer_id: answerId, run_id: runId } = v.parse(KeyRowSchema, used);
      return before === digest ? { kind: 'repeated', answerId, runId } : { kind: 'conflict' };
    }
    const messages = question === undefined ? [answer] : [question, answer];
    if (messages.some((message) => this.#sql.hasMessage.get(id, message.id) !== undefined))
      return { kind: 'conflict' };
    const newest = this.#sql.readNewest.get(id)?.message_id ?? null;
    if (acceptance.newestId !== undefined && acceptance.newestId !== newest) return { kind: 'moved' };
    if (this.#sql.listRunningOf.all(id).length > acceptance.maxRunning) return { kind: 'busy' };
    for (const message of messages) this.#put(id, message);
    this.#sql.addKey.run(id, key, digest, answer.id, run.id, nowMs);
    this.#sql.touchConversation.run(nowMs, id);
    return { kind: 'accepted' };
  }

  #put(id: ConversationId, message: Message): void {
    const { run } = message;
    this.#sql.putMessage.run(
      id,
      message.id,
      run?.id ?? null,
      run?.state ?? null,
      message.createdAtMs,
      JSON.stringify(message),
      searchTextOf(message),
      id,
    );
  }

  readConversation(id: ConversationId): Promise<ConversationRecord | undefined> {
    return settle(() => {
      const row = this.#sql.readConversation.get(id);
      return row === undefined ? undefined : toConversation(row);
    });
  }

  readMessages(id: ConversationId): Promise<Message[]> {
    return settle(() => this.#sql.readMessages.all(id).map((row) => toStored(row).message));
  }

  putMessages(id: ConversationId, messages: readonly Message[], nowMs: number): Promise<void> {
    const isCheckpoint = messages.every(({ run }) => run?.state === 'running');
    return this.#write(isCheckpoint ? 'process-death' : 'power-loss', () => {
      // Scenario: 1. a reply runs, 2. its conversation is erased, 3. the last checkpoint arrives. It must not be written.
      if (this.#sql.touchConversation.run(nowMs, id).changes === 0) return;
      for (const message of messages) this.#put(id, message);
    });
  }

  endRun(id: ConversationId, message: Message, nowMs: number): Promise<boolean> {
    return this.#write('power-loss', () => {
      const kept = [JSON.stringify(message), searchTextOf(message)] as const;
      const isFirst = this.#sql.endRun.run(...kept, id, message.id).changes > 0;
      if (isFirst) this.#sql.touchConversation.run(nowMs, id);
      return isFirst;
    });
  }

  settleRun(id: ConversationId, messageId: Message['id']): Promise<void> {
    return this.#write('process-death', () => void this.#sql.settleRun.run(id, messageId));
  }

  removeMessage(id: ConversationId, messageId: Message['id']): Promise<void> {
    return this.#write('power-loss', () => void this.#sql.removeMessage.run(id, messageId));
  }

  setTitle(id: ConversationId, title: string, nowMs: number): Promise<void> {
    const titles = [JSON.stringify(title), searchText(title)] as const;
    return this.#write('power-loss', () => void this.#sql.setTitle.run(...titles, nowMs, id));
  }

  listUnsettled(): Promise<{ conversationId: ConversationId; message: Message }[]> {
    return settle(() => this.#sql.listUnsettled.all().map(toStored));
  }

  listConversations(
    { siteId, ownerId }: Owner,
    { limit, beforeMs, query = '' }: ListOptions,
  ): Promise<ListedConversation[]> {
    // Infinity cannot be bound as a parameter; no time is later than the largest number.
    const before = beforeMs ?? Number.MAX_VALUE;
    const text = searchText(query);
    return settle(() =>
      this.#sql.listConversations.all(siteId, ownerId, before, text, text, text, limit).map(toSummary),
    );
  }

  moveConversations(from: Owner, to: Owner): Promise<number> {
    return this.#write('power-loss', () =>
      Number(this.#sql.moveConversations.run(to.siteId, to.ownerId, from.siteId, from.ownerId).changes),
    );
  }

  recordUsage({ runId, conversationId, owner, usage, atMs }: UsageRecord): Promise<void> {
    const { inputTokens, outputTokens } = usage;
    const place = [conversationId, runId, owner.siteId, owner.ownerId] as const;
    return this.#write(
      'power-loss',
      () => void this.#sql.recordUsage.run(...place, inputTokens, outputTokens, atMs),
    );
  }

  readUsage(owner: Owner, sinceMs: number): Promise<{ inputTokens: number; outputTokens: number }> {
    return settle(() => {
      const row = v.parse(UsageRowSchema, this.#sql.readUsage.get(owner.siteId, owner.ownerId, sinceMs));
      return { inputTokens: row.input_tokens, outputTokens: row.output_tokens };
    });
  }

  anonymiseUsage({ siteId, ownerId }: Owner): Promise<void> {
    return this.#write('power-loss', () => void this.#sql.anonymiseUsage.run(siteId, ownerId));
  }

  async eraseConversation(id: ConversationId): Promise<void> {
    await this.#write('power-loss', () => void this.#sql.eraseConversation.run(id));
    await settle(() => {
      this.#database.truncateLog();
    });
  }

  async eraseOwner(owner: Owner): Promise<number> {
    const erased = await this.#write('power-loss', () =>
      Number(this.#sql.eraseOwner.run(owner.siteId, owner.ownerId).changes),
    );
    await settle(() => {
      this.#database.truncateLog();
    });
    return erased;
  }

  forgetKeys(beforeMs: number): Promise<void> {
    return this.#write('process-death', () => void this.#sql.forgetKeys.run(beforeMs));
  }

  /** An empty write transaction fails when the file is locked, read-only or closed. */
  check(): Promise<void> {
    return this.#write('process-death', () => undefined);
  }

  close(): Promise<void> {
    return settle(() => {
      this.#database.close();
    });
  }

  #write<Result>(durability: Durability, work: () => Result): Promise<Result> {
    return settle(() => this.#database.write(durability, work));
  }
}
