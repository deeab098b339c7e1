/** The keys of one upstream: requests use them in turn, and a key that was refused rests for a while. */
import type { Clock } from '../base/index.ts';

/** Which key was refused. It never holds the key. */
export interface RefusedKey {
  /** The place of the key in its list, from 1. */
  number: number;
  /** How many keys there are. */
  of: number;
  /** The status of the response. */
  status: number;
  /** How long the key is not used, unless all keys rest. */
  restMs: number;
}

/** What an upstream answered to a request with a key. */
export interface KeyAnswer {
  status: number | undefined;
  /** From `Retry-After`. */
  retryAfterMs: number | undefined;
  /** The error text of the upstream. */
  words: string;
}

/** The keys of one upstream. */
export interface ApiKeys {
  /**
   * The places of the keys for one request, in the order in which they are to be tried: those that do not rest, beginning after
   * the one that the last request began with; when all rest, only the one whose rest ends first.
   */
  turn(): number[];
  /** The key at a place. */
  at(place: number): string;
  /** Whether the answer refuses this key, so that another may be accepted. If so, the key rests. */
  isRefused(place: number, answer: KeyAnswer): boolean;
}

/** A key that is invalid or has no credit is mended by the operator, who should not have to restart the gateway. */
const INVALID_REST_MS = 5 * 60_000;
/** Most limits are counted per minute. */
const LIMITED_REST_MS = 30_000;
/** A limit of a day says so in `Retry-After`. */
const MAX_REST_MS = 60 * 60_000;

/**
 * Creates the keys of one upstream.
 * @throws {TypeError} when the list is empty
 */
export function createApiKeys(
  keys: readonly string[],
  { clock, onRefused }: { clock: Clock; onRefused?: ((refused: RefusedKey) => void) | undefined },
): ApiKeys {
  if (keys.length === 0) throw new TypeError('expected at least one API key');
  const restUntilMs = keys.map(() => 0);
  let next = 0;
  return {
    turn() {
      const order = keys.map((_, index) => (next + index) % keys.length);
      next = (next + 1) % keys.length;
      const nowMs = clock.now();
      const ready = order.filter((place) => (restUntilMs[place] ?? 0) <= nowMs);
      return ready.length > 0 ? ready : [restUntilMs.indexOf(Math.min(...restUntilMs))];
    },
    at: (place) => keys[place] ?? '',
    isRefused(place, answer) {
      const restMs = restOf(answer);
      if (restMs === undefined) return false;
      restUntilMs[place] = clock.now() + restMs;
      if (keys.length > 1)
        onRefused?.({ number: place + 1, of: keys.length, status: answer.status ?? 0, restMs });
      return true;
    },
  };
}

/** Google and xAI answer 400 to an invalid key, and some proxies 403; both statuses have other meanings as well. */
const SAYS_KEY = /\bapi[ _-]?key\b/i;

function restOf({ status, retryAfterMs, words }: KeyAnswer): number | undefined {
  if (status === 429) return Math.min(retryAfterMs ?? LIMITED_REST_MS, MAX_REST_MS);
  const isInvalid = status === 401 || status === 402;
  return isInvalid || ((status === 400 || status === 403) && SAYS_KEY.test(words))
    ? INVALID_REST_MS
    : undefined;
}
