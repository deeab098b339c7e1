/** The embedded store: one SQLite file, without any server. */
import type { ConversationId, Message, MessageId } from '@rivulet/protocol';
import * as v from 'valibot';
import { settleAsync, silentLogger, type Logger } from '../base/index.ts';
import type { SqliteFileOptions } from './sqlite-database.ts';
import type { RetentionStore } from './retention.ts';
import { createSqlConsole, type ConsoleDatabase } from './console-rows.ts';
import { LONG_READS } from './console-statements.ts';
import { createSqlDeskTeam } from './sql-desk-team.ts';
import { createSqlSiteEdits } from './sql-site-edits.ts';
import type { ConsoleStore } from './console-store.ts';
import { createSqliteDesk } from './sqlite-desk.ts';
import { createSqliteFigures } from './sqlite-figures.ts';
import { createSqliteSwitches } from './sqlite-switches.ts';
import { createSqlKnowledge } from './sql-knowledge.ts';
import { matchOf } from './sqlite-knowledge.ts';
import { createSqlWebhooks } from './sql-webhooks.ts';
import type { WebhookOutbox } from './webhook-outbox.ts';
import type { SpendingStore } from './spending.ts';
import { createSqliteRetention } from './sqlite-retention-store.ts';
import { toAcceptanceRow, toEndedRow, toRow, toSaved } from './sqlite-to-rows.ts';
import { createSqliteSpending } from './sqlite-spending-store.ts';
import {
  createSqliteReader,
  startSqliteThread,
  type SqliteReader,
  type SqliteThread,
} from './sqlite-thread.ts';
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
  KeptRowSchema,
  KeyRowSchema,
  UsageRowSchema,
  createRowReader,
  type RowReader,
} from './stored-row.ts';

/** Options of `createSqliteStore`. */
export interface SqliteStoreOptions extends SqliteFileOptions {
  /** Receives a warning for a row that is damaged. Default: `silentLogger`. */
  logger?: Logger;
}

/**
 * Opens or creates the file. All work on it is done in a worker thread, where writes that arrive together share one sync of the
 * disk. Accepted messages and ends of runs are synced to the disk; the checkpoint of a running reply survives the end of the
 * process, but not a power cut. An open store does not keep the process alive.
 * @throws {ChatError} `internal`, naming the file, when it cannot be opened or has a newer schema version.
 */
export async function createSqliteStore({
  logger = silentLogger,
  ...file
}: SqliteStoreOptions): Promise<Store> {
  return new SqliteStore(await startSqliteThread(file), createSqliteReader(file), createRowReader(logger));
}

/** Messages are serialised here, so that the worker gets them as text and does not copy objects; rows are validated here. */
class SqliteStore implements Store {
  readonly #thread: SqliteThread;
  readonly #reader: SqliteReader;
  readonly #rows: RowReader;
  readonly spending: SpendingStore;
  readonly retention: RetentionStore;
  readonly switches: Store['switches'];
  readonly siteEdits: Store['siteEdits'];
  readonly console: ConsoleStore;
  readonly figures: Store['figures'];
  readonly desk: Store['desk'];
  readonly webhooks: WebhookOutbox;
  readonly team: Store['team'];
  readonly knowledge: Store['knowledge'];

  constructor(thread: SqliteThread, reader: SqliteReader, rows: RowReader) {
    this.#rows = rows;
    this.#thread = thread;
    this.#reader = reader;
    this.spending = createSqliteSpending(thread);
    this.retention = createSqliteRetention(thread);
    this.switches = createSqliteSwitches(thread, rows);
    this.figures = createSqliteFigures(thread, reader);
    const console: ConsoleDatabase = {
      read: (name, values) => (LONG_READS.has(name) ? reader : thread).call('readConsole', name, values),
      write: (name, values) => thread.call('writeConsole', name, values),
    };
    this.console = createSqlConsole(console, rows);
    this.siteEdits = createSqlSiteEdits(console);
    this.team = createSqlDeskTeam(console);
    this.desk = createSqliteDesk(thread, rows, toRow);
    this.webhooks = createSqlWebhooks({
      read: (...statement) => thread.call('readWebhooks', ...statement),
      write: (writes) => thread.call('writeWebhooks', writes),
    });
    this.knowledge = createSqlKnowledge({
      read: (...statement) => thread.call('readKnowledge', ...statement),
      write: (writes) => thread.call('writeKnowledge', writes),
      search: (siteId, terms, limit) =>
        thread.call('readKnowledge', 'searchKnowledge', [matchOf(terms), siteId, limit]),
    });
  }

  accept(acceptance: Acceptance): Promise<Accepted> {
    return settleAsync(async () => {
      const { result: accepted, durable } = await this.#thread.callEarly(
        'accept',
        toAcceptanceRow(acceptance),
      );
      if (accepted.kind === 'accepted') return { kind: accepted.kind, durable };
      await durable; // what the outcome depends on may not be on disk yet
      if (accepted.kind !== 'repeated') return accepted;
      const { answer_id: answerId, run_id: runId } = v.parse(KeyRowSchema, accepted.row);
      return { kind: 'repeated', answerId, runId };
    });
  }

  readConversation(id: ConversationId, owner?: Owner): Promise<ConversationRecord | undefined> {
    return settleAsync(async () => {
      const row = await this.#thread.call('readConversation', id, owner);
      return row === undefined ? undefined : this.#rows.conversation(row);
    });
  }

  readStanding(id: ConversationId, messageId?: MessageId, owner?: Owner): Promise<Standing | undefined> {
    return settleAsync(async () => {
      const standing = await this.#thread.call('readStanding', id, messageId, owner);
      return standing && this.#rows.standing(standing);
    });
  }

  readBranch(id: ConversationId, messageId: MessageId, maxChars: number): Promise<StoredMessage[]> {
    return settleAsync(async () => {
      const { result: rows } = await this.#thread.callEarly('readBranch', id, messageId, maxChars);
      return this.#rows.branch(rows);
    });
  }

  readMessages(id: ConversationId): Promise<Message[]> {
    return settleAsync(async () => this.#rows.messages(await this.#thread.call('readMessages', id)));
  }

  putMessages(id: ConversationId, messages: readonly Message[], nowMs: number): Promise<void> {
    return settleAsync(() => this.#thread.call('putMessages', id, messages.map(toRow), nowMs));
  }

  saveProgress(progress: readonly Progress[]): Promise<void> {
    return settleAsync(() => this.#thread.call('saveProgress', JSON.stringify(progress.map(toSaved))));
  }

  endRun(id: ConversationId, ended: EndedMessage, nowMs: number): Promise<boolean> {
    return settleAsync(() => this.#thread.call('endRun', id, toEndedRow(ended), nowMs));
  }

  settleRun(id: ConversationId, messageId: Message['id']): Promise<void> {
    return this.#thread.call('settleRun', id, messageId);
  }

  removeMessage(id: ConversationId, messageId: Message['id']): Promise<void> {
    return this.#thread.call('removeMessage', id, messageId);
  }

  setTitle(id: ConversationId, title: string, nowMs: number): Promise<void> {
    return this.#thread.call('setTitle', id, title, nowMs);
  }

  listUnsettled(): Promise<UnsettledMessage[]> {
    return settleAsync(async () => this.#rows.unsettled(await this.#thread.call('listUnsettled')));
  }

  listConversations(
    { siteId, ownerId }: Owner,
    { limit, beforeMs = Number.MAX_VALUE, query = '' }: ListOptions,
  ): Promise<ListedConversation[]> {
    // Infinity cannot be bound as a parameter; no time is later than the largest number.
    const page = { limit, beforeMs, query };
    return settleAsync(async () =>
      this.#rows.summaries(await this.#thread.call('listConversations', siteId, ownerId, page)),
    );
  }

  readKept({ siteId, ownerId }: Owner): Promise<OwnerKept> {
    return settleAsync(async () =>
      v.parse(KeptRowSchema, await this.#thread.call('readKept', siteId, ownerId)),
    );
  }

  moveConversations(from: Owner, to: Owner): Promise<number> {
    return this.#thread.call('moveConversations', [from.siteId, from.ownerId], [to.siteId, to.ownerId]);
  }

  recordUsage({ runId, conversationId, owner, usage, atMs }: UsageRecord): Promise<void> {
    const place = [conversationId, runId, owner.siteId, owner.ownerId] as const;
    return this.#thread.call('recordUsage', place, [usage.inputTokens, usage.outputTokens], atMs);
  }

  readUsage(
    { siteId, ownerId }: Owner,
    sinceMs: number,
  ): Promise<{ inputTokens: number; outputTokens: number }> {
    return settleAsync(async () => {
      const row = v.parse(UsageRowSchema, await this.#thread.call('readUsage', siteId, ownerId, sinceMs));
      return { inputTokens: row.input_tokens, outputTokens: row.output_tokens };
    });
  }

  anonymiseUsage({ siteId, ownerId }: Owner): Promise<void> {
    return this.#thread.call('anonymiseUsage', siteId, ownerId);
  }

  eraseConversation(id: ConversationId): Promise<boolean> {
    return this.#thread.call('eraseConversation', id);
  }

  eraseOwner({ siteId, ownerId }: Owner): Promise<number> {
    return this.#thread.call('eraseOwner', siteId, ownerId);
  }

  forgetKeys(beforeMs: number): Promise<void> {
    return this.#thread.call('forgetKeys', beforeMs);
  }

  addRevocation(revocation: Revocation): Promise<void> {
    return this.#thread.call('addRevocation', revocation);
  }

  listRevocations(sinceMs: number): Promise<Revocation[]> {
    return settleAsync(async () =>
      this.#rows.revocations(await this.#thread.call('listRevocations', sinceMs)),
    );
  }

  forgetRevocations(nowMs: number): Promise<void> {
    return this.#thread.call('forgetRevocations', nowMs);
  }

  own(): Promise<void> {
    return this.#thread.own();
  }

  check(): Promise<void> {
    return this.#thread.call('check');
  }

  async close(): Promise<void> {
    await this.#reader.close().finally(() => this.#thread.close());
  }
}
