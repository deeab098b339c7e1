/** The stored values of one site's visitor. Works without storage, and writes nothing before the visitor acts. */
import type { KeyValueStorage } from './environment.ts';

/**
 * The names of the stored values, without the prefix of the site. `token` is that of an anonymous visitor; a token of the site
 * is never stored. `conversation` and `user-conversation`: the conversation to open, of the anonymous visitor and of a user.
 * `outbox`: messages that the gateway has not accepted. `draft`: the text in the composer. `transport`: the one that works in
 * this network. `shared`: the interface state of all tabs.
 */
export const STORED_KEYS = [
  'token',
  'conversation',
  'user-conversation',
  'outbox',
  'draft',
  'transport',
  'shared',
] as const;
/** The name of a stored value. */
export type StoredKey = (typeof STORED_KEYS)[number];

/**
 * Keeps every value in memory and, once the visitor has acted, also in the storage of the origin, which all tabs share. Errors
 * of the storage never reach the caller.
 */
export class SiteStorage {
  /** The values of this page, also when the storage fails. */
  readonly #memory = new Map<StoredKey, string>();
  readonly #storage: KeyValueStorage | null;
  readonly #prefix: string;
  /** Called when the visitor has acted and the values in memory are written. */
  allowed: () => void = () => undefined;
  #mayWrite = false;
  /** Whether every access so far succeeded, so that a missing value was removed and not lost. */
  #isReliable = true;

  constructor(storage: KeyValueStorage | null, site: string) {
    this.#storage = storage;
    this.#prefix = `rivulet:${site}:`;
    this.reload();
  }

  /** Whether values are written: the visitor has acted, on this page or an earlier one. */
  get mayWrite(): boolean {
    return this.#mayWrite;
  }

  /** The value of this page. */
  get(key: StoredKey): string | undefined {
    return this.#memory.get(key);
  }

  /** The value in the storage now, which another tab may have changed; the value of this page when the storage cannot be used. */
  getShared(key: StoredKey): string | undefined {
    const isReadable = this.#mayWrite && this.#isReliable && this.#storage !== null;
    return isReadable ? (this.#read(key) ?? undefined) : this.get(key);
  }

  /** Whether another tab or a later page has removed every value, as a logout does. */
  get isEmptied(): boolean {
    return this.#mayWrite && STORED_KEYS.every((key) => this.getShared(key) === undefined);
  }

  /** Sets a value in memory, and in the storage if the visitor has acted. */
  set(key: StoredKey, value: string): void {
    this.#memory.set(key, value);
    if (this.#mayWrite) this.#write(key, value);
  }

  /** Removes a value from memory and storage. */
  remove(key: StoredKey): void {
    this.#memory.delete(key);
    try {
      this.#storage?.removeItem(this.#prefix + key);
    } catch {
      // A storage that refuses to remove a value has not stored it either.
    }
  }

  /** Call it when the visitor acts: writes the values in memory, and from now on every change. */
  allowWrites(): void {
    if (this.#mayWrite) return;
    this.#mayWrite = true;
    for (const [key, value] of this.#memory) this.#write(key, value);
    this.allowed();
  }

  /** Reads what an earlier page or another tab has stored. If there is something, the visitor has acted. @returns this storage */
  reload(): this {
    let found = false;
    for (const key of STORED_KEYS) {
      const value = this.#read(key);
      if (value === null) continue;
      this.#memory.set(key, value);
      found = true;
    }
    // Also writes values that only this page has, such as a token that was issued just now.
    if (found) this.allowWrites();
    return this;
  }

  /** Removes every value. Nothing is written until the next `allowWrites`. */
  wipe(): void {
    for (const key of STORED_KEYS) this.remove(key);
    this.#mayWrite = false;
  }

  #read(key: StoredKey): string | null {
    try {
      return this.#storage?.getItem(this.#prefix + key) ?? null;
    } catch {
      this.#isReliable = false;
      return null; // blocked: the value in memory is used
    }
  }

  #write(key: StoredKey, value: string): void {
    try {
      this.#storage?.setItem(this.#prefix + key, value);
    } catch {
      this.#isReliable = false; // full or blocked: the value is lost with this page
    }
  }
}
