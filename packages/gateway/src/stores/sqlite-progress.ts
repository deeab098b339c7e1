/**
 * The progress of unfinished answers in SQLite. A save is one row for all answers together, because a row for each answer would
 * write a page of the file for each. About once a second these rows are replaced by one row for each answer, so that few are left
 * to search when an answer is read.
 */
import type { Row } from './sqlite-database.ts';
import type { Statements } from './sqlite-statements.ts';

/** What one answer has gained: the ids of its conversation and of its message, and its events, as `encodeProgress` has made them. */
export type SavedProgress = readonly [conversationId: string, messageId: string, events: readonly unknown[]];

/** The saves of about a second, or fewer long ones. */
const MAX_RECENT_SAVES = 32;
const MAX_RECENT_CHARS = 1024 * 1024;

/** The saves of one open file. Its methods run within the transaction of the caller. */
export class SqliteProgress {
  readonly #sql: Statements;
  /**
   * The saves that were parsed, by name: a read need not parse them again. The table counts, because a transaction that wrote or
   * removed a save may be rolled back, and another process may use the file.
   */
  #parsed = new Map<string, readonly SavedProgress[]>();
  readonly #newName: () => string;
  #recentSaves = 0;
  #recentChars = 0;

  /** @param newName returns a name that no save of any process has or had */
  constructor(sql: Statements, newName: () => string) {
    this.#sql = sql;
    this.#newName = newName;
  }

  /** @param saved JSON, an array of `SavedProgress` */
  save(saved: string): void {
    this.#sql.addSave.run(this.#newName(), saved);
    this.#recentSaves += 1;
    this.#recentChars += saved.length;
    if (this.#recentSaves >= MAX_RECENT_SAVES || this.#recentChars >= MAX_RECENT_CHARS) this.sortByAnswer();
  }

  /** Replaces the saves of all processes by rows of the answers, which are deleted with them. */
  sortByAnswer(): void {
    const answers = new Map<string, { conversationId: string; events: unknown[] }>();
    for (const [conversationId, messageId, events] of this.#readSaves()) {
      const key = `${conversationId} ${messageId}`;
      const answer = answers.get(key);
      if (answer === undefined) answers.set(key, { conversationId, events: [...events] });
      else answer.events.push(...events);
    }
    for (const [key, { conversationId: id, events }] of answers) {
      const messageId = key.slice(id.length + 1);
      this.#sql.addProgress.run(id, messageId, JSON.stringify(events), id, messageId);
    }
    this.#sql.removeSaves.run();
    this.#recentSaves = 0;
    this.#recentChars = 0;
  }

  /** Adds what the saves have of an unfinished answer to the row of its message. */
  complete(row: Row): Row {
    if (row.progress === null) return row; // not running
    const saves = this.#readSaves().filter(
      ([conversationId, messageId]) => conversationId === row.conversation_id && messageId === row.message_id,
    );
    if (saves.length === 0) return row;
    const older = JSON.parse(String(row.progress)) as unknown[]; // the arrays of events that the statement has joined
    return { ...row, progress: JSON.stringify([...older, ...saves.map(([, , events]) => events)]) };
  }

  /** In the order in which they were made. */
  #readSaves(): SavedProgress[] {
    const parsed = new Map<string, readonly SavedProgress[]>();
    for (const { name } of this.#sql.listSaves.all()) {
      const key = String(name);
      parsed.set(key, this.#parsed.get(key) ?? this.#readSave(key));
    }
    this.#parsed = parsed;
    return [...parsed.values()].flat();
  }

  #readSave(name: string): readonly SavedProgress[] {
    return JSON.parse(String(this.#sql.readSave.get(name)?.answers)) as SavedProgress[]; // written by `save`
  }
}
