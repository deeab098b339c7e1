/** The store of several gateways that share one Postgres database. */
import type { ConversationId, Message, MessageId } from '@rivulet/protocol';
import * as v from 'valibot';
import { settleAsync, silentLogger, type PoolFigures } from '../base/index.ts';
import { putRows, toProgressJson, toRows } from './postgres-rows.ts';
import {
  openPostgres,
  type Durability,
  type Outcome,
  type PostgresDatabase,
  type PostgresOptions,
  type Query,
} from './postgres-database.ts';
import { createPostgresFigures } from './postgres-figures.ts';
import { createPostgresRetention } from './postgres-retention.ts';
import { createPostgresSpending } from './postgres-spending.ts';
import type { StatementName } from './postgres-statements.ts';
import { createSqlConsole, type ConsoleDatabase } from './console-rows.ts';
import { createSqlDeskTeam } from './sql-desk-team.ts';
import { createSqlSiteEdits } from './sql-site-edits.ts';
import { createPostgresSwitches } from './postgres-switches.ts';
import { createPostgresWrites, type PostgresWrites } from './postgres-writes.ts';
import { createPostgresDesk } from './postgres-desk.ts';
import { createPostgresKnowledge } from './postgres-knowledge.ts';
import { createPostgresWebhooks } from './postgres-webhooks.ts';
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
import { searchText } from './search-text.ts';
import { KeptRowSchema, UsageRowSchema, createRowReader, type RowReader } from './stored-row.ts';

/** Options of `createPostgresStore`. */
export type PostgresStoreOptions = PostgresOptions;

/**
 * Creates a store in Postgres. The first call connects and creates the tables. Several gateways may start at once, also before
 * the server is up: `check` tells whether it is reachable. After a restart of the server, later calls work again.
 *
 * Accepted messages and ends of runs are on the server's disk when they resolve; a crash of the server may lose the last 0.6 s
 * of checkpoints. Erased data leaves the server's files with the next vacuum.
 * @throws {StoreError} `invalid-url` when the connection string cannot be used
 * @throws {MissingPackageError} when the package `pg` is not installed
 */
export function createPostgresStore(options: PostgresStoreOptions): Store {
  return new PostgresStore(openPostgres(options), createRowReader(options.logger ?? silentLogger));
}

const PairRowSchema = v.object({
  row: v.unknown(),
  parent: v.pipe(
    v.unknown(),
    v.transform((row) => row ?? undefined),
  ),
});
const OverviewRowSchema = v.object({
  newest_id: v.nullable(v.string()),
  named: v.nullable(PairRowSchema),
  unfinished: v.array(PairRowSchema),
});

class PostgresStore implements Store {
  readonly #database: PostgresDatabase;
  readonly #rows: RowReader;
  readonly #writes: PostgresWrites;
  readonly spending: Store['spending'];
  readonly retention: Store['retention'];
  readonly switches: Store['switches'];
  readonly siteEdits: Store['siteEdits'];
  readonly console: Store['console'];
  readonly figures: Store['figures'];
  readonly desk: Store['desk'];
  readonly webhooks: Store['webhooks'];
  readonly team: Store['team'];
  readonly knowledge: Store['knowledge'];

  constructor(database: PostgresDatabase, rows: RowReader) {
    this.#rows = rows;
    this.#database = database;
    this.#writes = createPostgresWrites(database);
    this.spending = createPostgresSpending(database);
    this.retention = createPostgresRetention(database);
    this.switches = createPostgresSwitches(database, rows);
    this.figures = createPostgresFigures(database);
    const console: ConsoleDatabase = {
      read: async (name, values) => (await database.query(name, values)).rows,
      write: (name, values) => this.#write('on-disk', async (query) => (await query(name, values)).count),
    };
    this.console = createSqlConsole(console, rows);
    this.siteEdits = createSqlSiteEdits(console);
    this.team = createSqlDeskTeam(console);
    this.desk = createPostgresDesk(database, rows);
    this.webhooks = createPostgresWebhooks(database);
    this.knowledge = createPostgresKnowledge(database);
  }

  accept(acceptance: Acceptance): Promise<Accepted> {
    return settleAsync(() => this.#writes.accept(acceptance));
  }

  readConversation(id: ConversationId, owner?: Owner): Promise<ConversationRecord | undefined> {
    return settleAsync(async () => {
      const [row] = (await this.#database.query('readConversation', [id, ...ownerParameters(owner)])).rows;
      return row === undefined ? undefined : this.#rows.conversation(row);
    });
  }

  readStanding(id: ConversationId, messageId?: MessageId, owner?: Owner): Promise<Standing | undefined> {
    return settleAsync(async () => {
      const parameters = [id, messageId ?? null, ...ownerParameters(owner)];
      const [row] = (await this.#database.query('readOverview', parameters)).rows;
      if (row === undefined) return undefined;
      const { newest_id: newestId, named, unfinished } = v.parse(OverviewRowSchema, row);
      return this.#rows.standing({ record: row, newestId, named: named ?? undefined, unfinished });
    });
  }

  readBranch(id: ConversationId, messageId: MessageId, maxChars: number): Promise<StoredMessage[]> {
    return settleAsync(async () => {
      const { rows } = await this.#database.query('readBranch', [id, messageId, maxChars]);
      return this.#rows.branch(rows);
    });
  }

  readMessages(id: ConversationId): Promise<Message[]> {
    return settleAsync(async () =>
      this.#rows.messages((await this.#database.query('readMessages', [id])).rows),
    );
  }

  putMessages(id: ConversationId, messages: readonly Message[], nowMs: number): Promise<void> {
    return settleAsync(async () => {
      const rows = toRows(messages);
      await this.#write('on-disk', (query) => putRows(query, { id, rows, nowMs }));
    });
  }

  saveProgress(progress: readonly Progress[]): Promise<void> {
    return settleAsync(async () => {
      await this.#database.write('saveProgress', [toProgressJson(progress)]);
    });
  }

  endRun(id: ConversationId, message: EndedMessage, nowMs: number): Promise<boolean> {
    return settleAsync(() => this.#writes.endRun(id, message, nowMs));
  }

  settleRun(id: ConversationId, messageId: Message['id']): Promise<void> {
    return settleAsync(() => this.#writes.settleRun(id, messageId));
  }

  removeMessage(id: ConversationId, messageId: Message['id']): Promise<void> {
    return this.#execute('removeMessage', [id, messageId]);
  }

  setTitle(id: ConversationId, title: string, nowMs: number): Promise<void> {
    return this.#execute('setTitle', [id, JSON.stringify(title), nowMs, searchText(title)]);
  }

  listUnsettled(): Promise<UnsettledMessage[]> {
    return settleAsync(async () =>
      this.#rows.unsettled((await this.#database.query('listUnsettled', [])).rows),
    );
  }

  listConversations(
    { siteId, ownerId }: Owner,
    { limit, beforeMs = Infinity, query = '' }: ListOptions,
  ): Promise<ListedConversation[]> {
    return settleAsync(async () => {
      const values = [siteId, ownerId, beforeMs, limit, searchText(query)];
      const { rows } = await this.#database.query('listConversations', values);
      return this.#rows.summaries(rows);
    });
  }

  readKept({ siteId, ownerId }: Owner): Promise<OwnerKept> {
    return settleAsync(async () => {
      const { rows } = await this.#database.query('readKept', [siteId, ownerId]);
      return v.parse(KeptRowSchema, rows[0]);
    });
  }

  moveConversations(from: Owner, to: Owner): Promise<number> {
    return settleAsync(() =>
      this.#write('on-disk', async (query) => {
        const owners = [from.siteId, from.ownerId, to.siteId, to.ownerId];
        return (await query('moveConversations', owners)).count;
      }),
    );
  }

  recordUsage(record: UsageRecord): Promise<void> {
    return settleAsync(() => this.#writes.recordUsage(record));
  }

  readUsage(
    { siteId, ownerId }: Owner,
    sinceMs: number,
  ): Promise<{ inputTokens: number; outputTokens: number }> {
    return settleAsync(async () => {
      const { rows } = await this.#database.query('readUsage', [siteId, ownerId, sinceMs]);
      const { input_tokens, output_tokens } = v.parse(UsageRowSchema, rows[0]);
      return { inputTokens: input_tokens, outputTokens: output_tokens };
    });
  }

  anonymiseUsage({ siteId, ownerId }: Owner): Promise<void> {
    return this.#execute('anonymiseUsage', [siteId, ownerId]);
  }

  eraseConversation(id: ConversationId): Promise<boolean> {
    return settleAsync(() =>
      this.#write('on-disk', async (query) => {
        if ((await query('eraseConversation', [id])).count > 0) return true;
        return (await query('readConversation', [id, null, null])).rows.length === 0;
      }),
    );
  }

  eraseOwner({ siteId, ownerId }: Owner): Promise<number> {
    return settleAsync(() =>
      this.#write('on-disk', async (query) => (await query('eraseOwner', [siteId, ownerId])).count),
    );
  }

  forgetKeys(beforeMs: number): Promise<void> {
    return this.#execute('forgetKeys', [beforeMs], 'soon');
  }

  addRevocation({ siteId, kind, id, atMs, untilMs }: Revocation): Promise<void> {
    return this.#execute('addRevocation', [siteId, kind, id, atMs, untilMs]);
  }

  listRevocations(sinceMs: number): Promise<Revocation[]> {
    return settleAsync(async () =>
      this.#rows.revocations((await this.#database.query('listRevocations', [sinceMs])).rows),
    );
  }

  forgetRevocations(nowMs: number): Promise<void> {
    return this.#execute('forgetRevocations', [nowMs], 'soon');
  }

  /** After a lost connection, the next write takes the lock again, or rejects with `conflict` when another process has it. */
  own(): Promise<void> {
    return settleAsync(() => this.#database.own());
  }

  get pool(): PoolFigures {
    return this.#database.figures();
  }

  check(): Promise<void> {
    return settleAsync(() => this.#database.check());
  }

  close(): Promise<void> {
    return settleAsync(() => this.#database.close());
  }

  #execute(
    name: StatementName,
    values: readonly unknown[],
    durability: Durability = 'on-disk',
  ): Promise<void> {
    return settleAsync(() =>
      this.#write(durability, async (query) => {
        await query(name, values);
      }),
    );
  }

  #write<Result>(durability: Durability, work: (query: Query) => Promise<Result>): Promise<Result> {
    return this.#database.transaction(durability, async (query): Promise<Outcome<Result>> => ({
      end: 'commit',
      result: await work(query),
    }));
  }
}

const ownerParameters = (owner: Owner | undefined) => [owner?.siteId ?? null, owner?.ownerId ?? null];
