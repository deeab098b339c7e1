/** What is kept for a visitor of a site; survives a storage that throws, and writes nothing before the visitor acts. */
import type { KeyValueStorage } from './environment.ts';

/** `token` is an anonymous visitor's; one that the site gave is never kept. `transport`: which one works here. */
export const STORED_KEYS = [
  'token',
  'conversation',
  'user-conversation',
  'outbox',
  'draft',
  'transport',
  'shared',
] as const;
export type StoredKey = (typeof STORED_KEYS)[number];

export class SiteStorage {
  /** What is true for this page, whatever the storage does. */
  readonly #memory = new Map<StoredKey, string>();
  readonly #storage: KeyValueStorage | null;
  readonly #prefix: string;
  #mayWrite = false;
  /** All that was written arrived: what the storage says is so. */
  #isReliable = true;

  constructor(storage: KeyValueStorage | null, site: string) {
    this.#storage = storage;
    this.#prefix = `rivulet:${site}:`;
    this.reload();
  }

  /** Whether the visitor has acted, on this page or an earlier one. */
  get mayWrite(): boolean {
    return this.#mayWrite;
  }

  get(key: StoredKey): string | undefined {
    return this.#memory.get(key);
  }

  /** As it is in the storage now, where another tab may have written since; in memory when it cannot be read. */
  getShared(key: StoredKey): string | undefined {
    const isReadable = this.#mayWrite && this.#isReliable && this.#storage !== null;
    return isReadable ? (this.#read(key) ?? undefined) : this.get(key);
  }

  set(key: StoredKey, value: string): void {
    this.#memory.set(key, value);
    if (this.#mayWrite) this.#write(key, value);
  }

  remove(key: StoredKey): void {
    this.#memory.delete(key);
    try {
      this.#storage?.removeItem(this.#prefix + key);
    } catch {
      // Not removable, so it was not readable or writable either.
    }
  }

  /** The visitor has acted: what was held in memory is written, and all that follows. */
  allowWrites(): void {
    if (this.#mayWrite) return;
    this.#mayWrite = true;
    for (const [key, value] of this.#memory) this.#write(key, value);
  }

  /** Takes over what an earlier page or another tab has written; a visitor who acted there has acted here. */
  reload(): void {
    let found = false;
    for (const key of STORED_KEYS) {
      const value = this.#read(key);
      if (value === null) continue;
      this.#memory.set(key, value);
      found = true;
    }
    // What is here alone, such as a token that was minted just now, is kept from now on.
    if (found) this.allowWrites();
  }

  /** Removes all; nothing is written again before the next `permit`. */
  wipe(): void {
    for (const key of STORED_KEYS) this.remove(key);
    this.#mayWrite = false;
  }

  #read(key: StoredKey): string | null {
    try {
      return this.#storage?.getItem(this.#prefix + key) ?? null;
    } catch {
      this.#isReliable = false;
      return null; // blocked: memory serves
    }
  }

  #write(key: StoredKey, value: string): void {
    try {
      this.#storage?.setItem(this.#prefix + key, value);
    } catch {
      this.#isReliable = false; // full or blocked: memory serves this page, a reload will not have it
    }
  }
}
