/** Erasing in SQLite: what is deleted is noted. The methods run within the transaction of the caller. */
import type { Expiry } from './retention.ts';
import type { Statements } from './sqlite-statements.ts';

/** Deletes conversations that are not held. */
export class SqliteRetention {
  readonly #sql: Statements;

  constructor(sql: Statements) {
    this.#sql = sql;
  }

  /** @see Store.eraseConversation */
  eraseOne(id: string): boolean {
    this.#sql.noteErasedOne.run(id);
    this.#sql.eraseConversation.run(id);
    return this.#sql.readOwner.get(id) === undefined;
  }

  /** @see Store.eraseOwner */
  eraseOwner(siteId: string, ownerId: string): number {
    this.#sql.noteErasedOwner.run(siteId, ownerId);
    return Number(this.#sql.eraseOwner.run(siteId, ownerId).changes);
  }

  /** The rows of `RetentionStore.listExpired`. */
  listExpired({ siteId, beforeMs }: Expiry, limit: number): unknown[] {
    return this.#sql.listExpired.all(siteId, beforeMs, limit);
  }

  /** Deletes the conversation if it would be listed, and removes the owner from its usage. @returns whether it was deleted */
  eraseIfExpired({ siteId, beforeMs }: Expiry, id: string): boolean {
    if (this.#sql.eraseExpired.run(id, siteId, beforeMs).changes === 0) return false;
    this.#sql.noteErased.run(id);
    this.#sql.anonymiseUsageOf.run(id);
    return true;
  }
}
