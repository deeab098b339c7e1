/** "Did you mean …?" for names that do not exist. */
import { closestMatch } from 'leven';

/** One mistake in three characters is a slip; more is another word. */
const CHARACTERS_PER_MISTAKE = 3;
const MAX_MISTAKES = 3;

/** The existing name that was most likely meant; undefined when none is close. Case does not count. */
export function closestOf(name: string, existing: readonly string[]): string | undefined {
  const maxDistance = Math.min(MAX_MISTAKES, Math.floor(name.length / CHARACTERS_PER_MISTAKE));
  const lowered = new Map(existing.map((one) => [one.toLowerCase(), one]));
  const closest = closestMatch(name.toLowerCase(), [...lowered.keys()], { maxDistance });
  return closest === undefined ? undefined : lowered.get(closest);
}

/** The end of a sentence about an unknown name: `; did you mean port?`, or nothing. */
export function suggestionFor(name: string, existing: readonly string[]): string {
  const closest = closestOf(name, existing);
  return closest === undefined ? '' : `; did you mean ${closest}?`;
}
