/**
 * What the SQLite store does in its worker: synchronous methods that take and return plain values, rows as they are stored. It
 * and all that it imports load nothing but built-in modules and files of this folder, so that the worker starts quickly.
 */
import { randomUUID } from 'node:crypto';
import { collectBranch } from './branch.ts';
import { inOrder, type ConsoleStatement } from './console-statements.ts';
import type { FiguresStatement, FiguresValues } from './figures-statements.ts';
import type { Expiry, Hold, JobClaim } from './retention.ts';
import type { Row, SqliteDatabase } from './sqlite-database.ts';
import type { BudgetAmounts, BudgetKind } from './spending.ts';
import { SqliteProgress } from './sqlite-progress.ts';
import { SqliteRetention } from './sqlite-retention.ts';
import type {
  AcceptanceRow,
  AcceptedRow,
  DeskChangeRow,
  EndedRow,
  MessageRow,
  StandingRow,
} from './sqlite-rows.ts';
import type { PageRow, UsagePlace } from './sqlite-rows.ts';
import { SqliteSpending, type EmptyReservationRow, type ReservationChangeRow } from './sqlite-spending.ts';
import { prepareStatements, type Statements } from './sqlite-statements.ts';
import { searchText } from './search-text.ts';
import { parentIdIn } from './parent-id.ts';
import type { Owner, Revocation } from './store.ts';
import { readKnowledge, writeKnowledge, type KnowledgeRead } from './sqlite-knowledge.ts';
import { readWebhooks, writeWebhooks, type WebhookRead, type WebhookWrites } from './sqlite-webhooks.ts';

/** The synchronous store over one open file. Its writing methods run within a transaction of the caller. */
export class SqliteCore {
  readonly #database: SqliteDatabase;
  readonly #sql: Statements;
  readonly #progress: SqliteProgress;
  readonly #spending: SqliteSpending;
  readonly #retention: SqliteRetention;

  constructor(database: SqliteDatabase) {
    this.#database = database;
    this.#sql = prepareStatements(database);
    this.#progress = new SqliteProgress(this.#sql, randomUUID);
    this.#spending = new SqliteSpending(this.#sql);
    this.#retention = new SqliteRetention(this.#sql);
  }

  /** @see Store.accept */
  accept(acceptance: AcceptanceRow): AcceptedRow {
    const { conversationId: id, siteId, ownerId, messages, digest, key, nowMs } = acceptance;
    const found = this.#sql.readOwner.get(id);
    if (found !== undefined && (found.site_id !== siteId || found.owner_id !== ownerId))
      return { kind: 'not-found' };
    const used = this.#sql.readKey.get(id, key);
    if (used !== undefined)
      return used.digest === digest ? { kind: 'repeated', row: used } : { kind: 'conflict' };
    if (messages.some((message) => this.#sql.hasMessage.get(id, message.id) !== undefined))
      return { kind: 'conflict' };
    if (found !== undefined && found.desk_owner !== 'ai') return { kind: 'owned' };
    const newest = this.#sql.readNewest.get(id)?.message_id ?? null;
    if (acceptance.newestId !== undefined && acceptance.newestId !== newest) return { kind: 'moved' };
    if (Number(this.#sql.countRunningOf.get(id)?.running) > acceptance.maxRunning) return { kind: 'busy' };
    const { reservation, runId } = acceptance;
    const budget =
      reservation && this.#spending.add({ conversationId: id, runId, siteId, ownerId, ...reservation });
    if (budget !== undefined) return { kind: 'over-budget', budget };
    if (found === undefined) {
      const titles = [JSON.stringify(acceptance.title), searchText(acceptance.title ?? '')] as const;
      this.#sql.addConversation.run(id, siteId, ownerId, ...titles, nowMs, nowMs);
    }
    for (const message of messages) this.#put(id, message);
    this.#sql.addKey.run(id, key, digest, acceptance.answerId, runId, nowMs);
    this.#sql.touchConversation.run(nowMs, id);
    return { kind: 'accepted' };
  }

  #put(id: string, { id: messageId, runId, runState, createdAtMs, body, text }: MessageRow): void {
    this.#sql.putMessage.run(id, messageId, runId, runState, createdAtMs, body, searchText(text), id);
  }

  /** @see Store.readConversation */
  readConversation(id: string, owner?: Owner): Row | undefined {
    const row = this.#sql.readConversation.get(id);
    if (row === undefined || owner === undefined) return row;
    return row.site_id === owner.siteId && row.owner_id === owner.ownerId ? row : undefined;
  }

  /** @see Store.readStanding */
  readStanding(id: string, messageId?: string, owner?: Owner): StandingRow | undefined {
    const record = this.readConversation(id, owner);
    if (record === undefined) return undefined;
    const pairOf = (row: Row) => {
      const parentId = parentIdIn(String(row.body));
      return { row, parent: parentId === null ? undefined : this.#readMessage(id, parentId) };
    };
    const named = messageId === undefined ? undefined : this.#readMessage(id, messageId);
    return {
      record,
      newestId: (this.#sql.readNewest.get(id)?.message_id as string | undefined) ?? null, // a TEXT column
      named: named && pairOf(named),
      unfinished: this.#sql.listRunningOf.all(id).map((row) => pairOf(this.#progress.complete(row))),
    };
  }

  /** @see Store.readBranch */
  readBranch(id: string, messageId: string, maxChars: number): Row[] {
    return collectBranch(messageId, maxChars, (at) => {
      const row = this.#readMessage(id, at);
      if (row === undefined) return undefined;
      const body = String(row.body);
      return { value: row, parentId: parentIdIn(body), chars: body.length + String(row.rounds ?? '').length };
    });
  }

  #readMessage(id: string, messageId: string): Row | undefined {
    const row = this.#sql.readMessage.get(id, messageId);
    return row && this.#progress.complete(row);
  }

  /** @see Store.readMessages */
  readMessages(id: string): unknown[] {
    return this.#sql.readMessages.all(id).map((row) => this.#progress.complete(row));
  }

  /** @see Store.putMessages */
  putMessages(id: string, messages: readonly MessageRow[], nowMs: number): void {
    // Scenario: 1. a reply runs, 2. its conversation is erased, 3. the last checkpoint arrives. It must not be written.
    if (this.#sql.touchConversation.run(nowMs, id).changes === 0) return;
    for (const message of messages) this.#put(id, message);
    this.#sql.countRatings.run(id);
  }

  /** @see Store.saveProgress @param saved JSON, an array of `SavedProgress` */
  saveProgress(saved: string): void {
    this.#progress.save(saved);
  }

  /** @see Store.endRun */
  endRun(id: string, { id: messageId, runId, spent, added, ...row }: EndedRow, nowMs: number): boolean {
    if (spent !== undefined && runId !== null) this.#spending.settle(id, runId, spent);
    const { body, text, rounds, facts } = row;
    const isFirst = this.#sql.endRun.run(body, searchText(text), rounds, facts, id, messageId).changes > 0;
    if (!isFirst) return false;
    this.#sql.removeProgress.run(id, messageId);
    this.#sql.addToTotals.run(nowMs, added.costPico, added.costPico, added.unpriced, id);
    return true;
  }

  /** @see Store.settleRun */
  settleRun(id: string, messageId: string): void {
    this.#sql.settleRun.run(id, messageId);
  }

  /** @see Store.removeMessage */
  removeMessage(id: string, messageId: string): void {
    this.#sql.removeMessage.run(id, messageId);
  }

  /** @see Store.setTitle */
  setTitle(id: string, title: string, nowMs: number): void {
    this.#sql.setTitle.run(JSON.stringify(title), searchText(title), nowMs, id);
  }

  /** @see Store.listUnsettled */
  listUnsettled = (): unknown[] => this.#sql.listUnsettled.all();

  /** @see Store.listConversations */
  listConversations(siteId: string, ownerId: string, page: PageRow): unknown[] {
    const text = searchText(page.query);
    return this.#sql.listConversations.all(siteId, ownerId, page.beforeMs, text, text, text, page.limit);
  }

  /** @see Store.readKept */
  readKept = (siteId: string, ownerId: string): unknown => this.#sql.readKept.get(siteId, ownerId);

  /** @see Store.moveConversations */
  moveConversations(from: readonly [string, string], to: readonly [string, string]): number {
    return Number(this.#sql.moveConversations.run(...to, ...from).changes);
  }

  /** @see Store.recordUsage */
  recordUsage(place: UsagePlace, counts: readonly [number, number], atMs: number): void {
    this.#sql.recordUsage.run(...place, ...counts, atMs);
  }

  /** @see Store.readUsage */
  readUsage(siteId: string, ownerId: string, sinceMs: number): unknown {
    return this.#sql.readUsage.get(siteId, ownerId, sinceMs);
  }

  /** @see Store.anonymiseUsage */
  anonymiseUsage(siteId: string, ownerId: string): void {
    this.#sql.anonymiseUsage.run(siteId, ownerId);
  }

  /** @see SpendingStore.addReservation */
  addReservation(row: EmptyReservationRow): void {
    this.#spending.addEmpty(row);
  }

  /** @see SpendingStore.removeReservation */
  removeReservation(id: string, runId: string): void {
    this.#spending.remove(id, runId);
  }

  /** @see SpendingStore.reserve */
  reserve = (change: ReservationChangeRow): 'reserved' | BudgetKind => this.#spending.change(change);

  /** @see SpendingStore.readReservation */
  readReservation = (id: string, runId: string): unknown => this.#spending.readReservation(id, runId);

  /** @see SpendingStore.readSpent */
  readSpent = (siteId: string, ownerId: string, day: number): BudgetAmounts =>
    this.#spending.read({ siteId, ownerId, day });

  /** @see SpendingStore.forgetSpent */
  forgetSpent(beforeDay: number): void {
    this.#spending.forget(beforeDay);
  }

  /** @see Store.eraseConversation */
  eraseConversation(id: string): boolean {
    this.#progress.sortByAnswer();
    return this.#retention.eraseOne(id);
  }

  /** @see Store.eraseOwner */
  eraseOwner(siteId: string, ownerId: string): number {
    this.#progress.sortByAnswer();
    return this.#retention.eraseOwner(siteId, ownerId);
  }

  /** @see RetentionStore.listExpired */
  listExpired(expiry: Expiry, limit: number): unknown[] {
    return this.#retention.listExpired(expiry, limit);
  }

  /** @see RetentionStore.eraseExpired */
  eraseExpired(expiry: Expiry, ids: readonly string[]): string[] {
    this.#progress.sortByAnswer();
    return ids.filter((id) => this.#retention.eraseIfExpired(expiry, id));
  }

  /** @see RetentionStore.listErased */
  listErased = (limit: number): unknown[] => this.#sql.listErased.all(limit);

  /** @see RetentionStore.forgetErased */
  forgetErased(ids: readonly string[]): void {
    for (const id of ids) this.#sql.forgetErased.run(id);
  }

  /** @see RetentionStore.hold */
  hold({ conversationId: id, sinceMs, reason }: Omit<Hold, 'siteId'>): boolean {
    return this.#sql.hold.run(sinceMs, JSON.stringify(reason), id).changes > 0;
  }

  /** @see RetentionStore.liftHold */
  liftHold(id: string): boolean {
    return this.#sql.liftHold.run(id).changes > 0;
  }

  /** @see RetentionStore.listHolds */
  listHolds(limit: number, after: string): unknown[] {
    return this.#sql.listHolds.all(after, limit);
  }

  /** @see RetentionStore.claimJob */
  claimJob({ name, holder, nowMs, untilMs, dueSinceMs }: JobClaim): boolean {
    return this.#sql.claimJob.run(name, holder, untilMs, dueSinceMs, nowMs).changes > 0;
  }

  /** @see RetentionStore.finishJob */
  finishJob({ name, holder, nowMs }: Pick<JobClaim, 'name' | 'holder' | 'nowMs'>): void {
    this.#sql.finishJob.run(nowMs, name, holder);
  }

  /** @see Store.forgetKeys */
  forgetKeys(beforeMs: number): void {
    this.#sql.forgetKeys.run(beforeMs);
  }

  /** @see Store.addRevocation */
  addRevocation({ siteId, kind, id, atMs, untilMs }: Revocation): void {
    this.#sql.addRevocation.run(siteId, kind, id, atMs, untilMs);
  }

  /** @see Store.listRevocations */
  listRevocations = (sinceMs: number): unknown[] => this.#sql.listRevocations.all(sinceMs);

  /** @see Store.forgetRevocations */
  forgetRevocations(nowMs: number): void {
    this.#sql.forgetRevocations.run(nowMs);
  }

  /** @see SwitchStore.keep. @param disabled as JSON */
  keepSwitch(siteId: string, disabled: string, atMs: number): void {
    this.#sql.keepSwitch.run(siteId, disabled, atMs);
  }

  /** @see DeskStore.change */
  changeDesk({ id, revision, json, columns, message, nowMs }: DeskChangeRow): 'changed' | 'moved' {
    const newest = this.#sql.readNewest.get(id)?.message_id ?? null;
    if (message !== undefined) {
      if (message.newestId !== newest) return 'moved';
      if (this.#sql.hasMessage.get(id, message.row.id) !== undefined) return 'moved';
    }
    if (this.#sql.changeDesk.run(json, ...columns, revision, id, revision - 1).changes === 0) return 'moved';
    if (message === undefined) return 'changed';
    this.#put(id, message.row);
    this.#sql.touchConversation.run(nowMs, id);
    return 'changed';
  }

  /** @see DeskStore.list @param values the parameters of the statement */
  listDesk = (values: readonly (string | number | null)[]): unknown[] => this.#sql.listDesk.all(...values);

  /** @see DeskStore.search @param values the parameters of the statement */
  searchDesk = (values: readonly (string | number | null)[]): unknown[] =>
    this.#sql.searchDesk.all(...values);

  /** @see SwitchStore.list */
  listSwitches = (): unknown[] => this.#sql.listSwitches.all();

  /** Reads the rows of a statement of the console. */
  readConsole(name: ConsoleStatement, values: readonly (string | number)[]): unknown[] {
    return this.#sql[name].all(...inOrder(name, values));
  }

  /** Executes a statement of the console. @returns the number of rows that were written */
  writeConsole(name: ConsoleStatement, values: readonly (string | number)[]): number {
    return Number(this.#sql[name].run(...inOrder(name, values)).changes);
  }

  /** @see WebhookDatabase.write */
  writeWebhooks = (writes: WebhookWrites): number[] => writeWebhooks(this.#sql, writes);

  /** @see WebhookDatabase.read */
  readWebhooks = (...statement: WebhookRead): unknown[] => readWebhooks(this.#sql, statement);

  /** @see KnowledgeDatabase.write */
  writeKnowledge = (writes: Parameters<typeof writeKnowledge>[1]) => writeKnowledge(this.#sql, writes);

  /** @see KnowledgeDatabase.read */
  readKnowledge = (...statement: KnowledgeRead): unknown[] => readKnowledge(this.#sql, statement);

  /** Reads the rows of a statement of the figures. */
  readFigures(name: FiguresStatement, values: FiguresValues): unknown[] {
    return this.#sql[name].all(...values);
  }

  /** Executes statements of the figures in order. */
  writeFigures(steps: readonly (readonly [FiguresStatement, FiguresValues])[]): void {
    for (const [name, values] of steps) this.#sql[name].run(...values);
  }

  /** @see Store.own */
  own(): void {
    this.#database.own();
  }

  /** Writes nothing: an empty write transaction fails when the file is locked or read-only. */
  check = (): void => undefined;

  /** Closes the file. May be called twice. */
  close(): void {
    this.#database.close();
  }
}
