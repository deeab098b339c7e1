/** Permits for runs: what a message takes from each limit, and how it is given back. */
import type { CountedLimit } from '../base/index.ts';
import { limitRefusal, type LimitRefusal } from './limit-refusal.ts';
import { scopesOf, type LimitedClient, type LimitsScope } from './limit-scopes.ts';
import type { RateLimiter } from './rate-limiter.ts';
import { OFF, type Bound, type RateLimitScope } from './settings.ts';

/** A run that is admitted. */
export interface RunPermit {
  /** The run has ended, or was not started. May be called twice. */
  end: () => void;
  /** Nothing was started: what was counted is given back, and the permit ends. */
  giveBack: () => void;
}

/**
 * Counts a message and its run. The runs of one conversation are executed one after the other, so they are one of `runsAtOnce`.
 * @throws {ChatError} `rate-limited`; nothing is counted for the scopes beyond the one that refused
 */
export type AdmitRun = (client: LimitedClient, conversationId: string) => Promise<RunPermit>;

const WINDOW_SECONDS = 60;
/** Nobody knows when a run will end; a client that asks so often costs little. */
const RETRY_MS = 3_000;

/** Creates the admission of runs. */
export function createRunAdmission(scope: LimitsScope): AdmitRun {
  return async (client, conversationId) => {
    const limits = scope.limitsOf(client.site);
    const takings = createTakings(scope.limiter, conversationId);
    for (const { name, key } of scopesOf(client)) {
      const { runsAtOnce, messagesPerMinute } = limits[name];
      const refusal =
        (await takings.takePlace({ name, key, bound: runsAtOnce })) ??
        (await takings.takeUse({ name, key, bound: messagesPerMinute }));
      if (refusal === undefined) continue;
      takings.giveBack();
      throw limitRefusal(refusal);
    }
    return takings;
  };
}

interface Wanted {
  name: RateLimitScope;
  key: string;
  bound: Bound;
}

interface Takings extends RunPermit {
  takePlace(wanted: Wanted): Promise<LimitRefusal | undefined>;
  takeUse(wanted: Wanted): Promise<LimitRefusal | undefined>;
}

/** Remembers what one run has taken, so that it can be given back. */
function createTakings(limiter: RateLimiter, occupant: string): Takings {
  const places: (() => void)[] = [];
  const uses: (() => void)[] = [];
  const end = () => {
    for (const vacate of places.splice(0)) vacate();
  };
  return {
    async takePlace({ name, key, bound }) {
      if (bound === OFF) return undefined;
      const limit: CountedLimit = `${name}-runs`;
      const place = { name: limit, key, occupant, limit: bound };
      if (!(await limiter.occupy(place))) return { limit, bound, retryAfterMs: RETRY_MS };
      places.push(() => void limiter.vacate(place));
      return undefined;
    },
    async takeUse({ name, key, bound }) {
      if (bound === OFF) return undefined;
      const limit: CountedLimit = `${name}-messages`;
      const rate = { name: limit, key, limit: bound, windowSeconds: WINDOW_SECONDS };
      const { isAllowed, retryAfterMs } = await limiter.take(rate);
      if (!isAllowed) return { limit, bound, retryAfterMs };
      uses.push(() => void limiter.giveBack(rate));
      return undefined;
    },
    end,
    giveBack() {
      end();
      for (const undo of uses.splice(0)) undo();
    },
  };
}
