/** The places that this process holds. It has as many entries as runs are unfinished, so it needs no other bound. */
import type { Place } from './rate-limiter.ts';

/** The places of one process. */
export interface LocalPlaces {
  /** @returns `held`: the occupant had the place already; `full`: nothing was taken */
  occupy(place: Place): 'taken' | 'held' | 'full';
  /** @returns whether the last hold of the place has ended */
  vacate(place: Place): boolean;
  /** How many occupants the key of the place has. */
  count(place: Place): number;
  /** Every place with a hold. */
  all(): Place[];
}

interface Held {
  place: Place;
  holds: number;
}

/** Creates the places of one process. */
export function createLocalPlaces(): LocalPlaces {
  const keys = new Map<string, Map<string, Held>>();
  const hold = (place: Place): 'taken' | 'held' => {
    const occupants = keys.get(idOf(place)) ?? new Map<string, Held>();
    keys.set(idOf(place), occupants);
    const held = occupants.get(place.occupant);
    if (held === undefined) occupants.set(place.occupant, { place, holds: 1 });
    else held.holds += 1;
    return held === undefined ? 'taken' : 'held';
  };
  return {
    occupy(place) {
      const occupants = keys.get(idOf(place));
      const isFull = (occupants?.size ?? 0) >= place.limit && occupants?.has(place.occupant) !== true;
      return isFull ? 'full' : hold(place);
    },
    count: (place) => keys.get(idOf(place))?.size ?? 0,
    vacate(place) {
      const occupants = keys.get(idOf(place));
      const held = occupants?.get(place.occupant);
      if (occupants === undefined || held === undefined) return false;
      held.holds -= 1;
      if (held.holds > 0) return false;
      occupants.delete(place.occupant);
      if (occupants.size === 0) keys.delete(idOf(place));
      return true;
    },
    all: () => [...keys.values()].flatMap((occupants) => [...occupants.values()].map(({ place }) => place)),
  };
}

const idOf = ({ name, key }: Place): string => `${name} ${key}`;
