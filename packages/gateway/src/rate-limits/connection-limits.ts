/** The open connections of this gateway. It remembers as many keys as connections are open. */
import { limitRefusal } from './limit-refusal.ts';
import { scopesOf, type KeyedScope, type LimitedClient, type LimitsScope } from './limit-scopes.ts';
import { OFF, type RateLimits } from './settings.ts';

/** Limits connections. They are counted by each gateway for itself: it is its memory that they use. */
export interface ConnectionLimits {
  /** Counts a connection before it is known to whom it belongs. @returns a function that ends it @throws {ChatError} `rate-limited` */
  openConnection: (address: string | undefined) => () => void;
  /** Counts the connection of a visitor. @returns a function that ends it @throws {ChatError} `rate-limited` */
  openSession: (client: LimitedClient) => () => void;
}

/** Nobody knows when a connection will end; a client that asks so often costs little. */
const RETRY_MS = 5_000;

/** Creates the limits of connections. */
export function createConnectionLimits(scope: LimitsScope): ConnectionLimits {
  const counts = new Map<string, number>();
  /** Opens all or none. */
  const openAll = (scopes: readonly KeyedScope[], limits: RateLimits) => {
    const opened: (() => void)[] = [];
    const endAll = () => {
      for (const end of opened.splice(0)) end();
    };
    for (const { name, key } of scopes) {
      const bound = limits[name].connections;
      if (bound === OFF) continue;
      const end = count(counts, `${name} ${key}`, bound);
      if (end === undefined) {
        endAll();
        throw limitRefusal({ limit: `${name}-connections`, bound, retryAfterMs: RETRY_MS });
      }
      opened.push(end);
    }
    return endAll;
  };
  return {
    openConnection(address) {
      const scopes: KeyedScope[] = [{ name: 'gateway', key: '' }];
      if (address !== undefined) scopes.unshift({ name: 'address', key: address });
      return openAll(scopes, scope.limitsOf(undefined));
    },
    openSession(client) {
      const scopes = scopesOf(client).filter(({ name }) => name === 'visitor' || name === 'site');
      return openAll(scopes, scope.limitsOf(client.site));
    },
  };
}

/** @returns undefined when the key has `limit` connections; otherwise the function that counts the connection as closed */
function count(counts: Map<string, number>, key: string, limit: number): (() => void) | undefined {
  const before = counts.get(key) ?? 0;
  if (before >= limit) return undefined;
  counts.set(key, before + 1);
  return () => {
    const left = (counts.get(key) ?? 1) - 1;
    if (left > 0) counts.set(key, left);
    else counts.delete(key);
  };
}
