/** The revocations of a store in memory. */
import type { Revocation } from './store.ts';

/** Revocations by site, kind and id. */
export class MemoryRevocations {
  readonly #byKey = new Map<string, Revocation>();

  /** @see Store.addRevocation */
  add(revocation: Revocation): void {
    const key = JSON.stringify([revocation.siteId, revocation.kind, revocation.id]);
    const { atMs = 0, untilMs = 0 } = this.#byKey.get(key) ?? {};
    this.#byKey.set(key, {
      ...revocation,
      atMs: Math.max(atMs, revocation.atMs),
      untilMs: Math.max(untilMs, revocation.untilMs),
    });
  }

  /** @see Store.listRevocations */
  list(sinceMs: number): Revocation[] {
    return [...this.#byKey.values()].filter(({ atMs }) => atMs >= sinceMs).map((each) => ({ ...each }));
  }

  /** @see Store.forgetRevocations */
  forget(nowMs: number): void {
    for (const [key, { untilMs }] of this.#byKey) if (untilMs < nowMs) this.#byKey.delete(key);
  }
}
