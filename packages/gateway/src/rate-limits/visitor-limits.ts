/** What visitors may do: each limit is checked from the narrowest scope to the widest, so that a refused visitor takes nothing from others. */
import { createConnectionLimits, type ConnectionLimits } from './connection-limits.ts';
import { createKeptLimits, type CheckKept } from './kept-limits.ts';
import { limitRefusal } from './limit-refusal.ts';
import { scopesOf, type LimitsScope } from './limit-scopes.ts';
import { createProofs, type NewVisitor, type ProofsScope } from './proofs.ts';
import { createRunAdmission, type AdmitRun } from './run-permits.ts';
import { OFF, type LimitedSite, type RateLimits } from './settings.ts';

/** The limits of one gateway. */
export interface VisitorLimits extends ConnectionLimits {
  /** Asks a new anonymous visitor for a proof of work if the site wants one, and counts the visitor. @throws {ChatError} `proof-required`, `rate-limited` */
  admitNewVisitor: (client: NewVisitor) => Promise<void>;
  admitRun: AdmitRun;
  checkKept: CheckKept;
  /** Checks the limits of sites before they are used. @throws {RateLimitError} */
  check: (sites: readonly LimitedSite[]) => void;
  /** The limits that hold for a site. */
  limitsOf: (site: LimitedSite) => RateLimits;
}

const WINDOW_SECONDS = 600;

/** Creates the limits of one gateway. */
export function createVisitorLimits(scope: LimitsScope & ProofsScope): VisitorLimits {
  const proofs = createProofs(scope);
  return {
    ...createConnectionLimits(scope),
    admitRun: createRunAdmission(scope),
    checkKept: createKeptLimits(scope),
    limitsOf: scope.limitsOf,
    check(sites) {
      for (const site of sites) scope.limitsOf(site);
      proofs.checkSettings(sites);
    },
    async admitNewVisitor(client) {
      await proofs.check(client);
      const limits = scope.limitsOf(client.site);
      for (const { name, key } of scopesOf(client)) {
        if (name === 'visitor') continue;
        const bound = limits[name].newVisitorsPer10Minutes;
        if (bound === OFF) continue;
        const limit = `${name}-new-visitors` as const;
        const rate = { name: limit, key, limit: bound, windowSeconds: WINDOW_SECONDS };
        const { isAllowed, retryAfterMs } = await scope.limiter.take(rate);
        if (!isAllowed) throw limitRefusal({ limit, bound, retryAfterMs });
      }
    },
  };
}
