/** The rate limiter of one process. */
import { createLocalCounts } from './local-counts.ts';
import { createLocalPlaces } from './local-places.ts';
import type { RateLimiter } from './rate-limiter.ts';

/** Creates a rate limiter in memory. It does no input or output, and its memory is bounded. */
export function createMemoryRateLimiter(): RateLimiter {
  const counts = createLocalCounts();
  const places = createLocalPlaces();
  return {
    async take(rate) {
      const { count, remainingMs } = await counts.add(rate);
      return { isAllowed: count <= rate.limit, count, retryAfterMs: Math.max(1, remainingMs) };
    },
    giveBack: (rate) => counts.subtract(rate),
    occupy: (place) => Promise.resolve(places.occupy(place) !== 'full'),
    vacate: (place) => {
      places.vacate(place);
      return Promise.resolve();
    },
    close: () => {
      counts.close();
      return Promise.resolve();
    },
  };
}
