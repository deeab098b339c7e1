/** Whether the tools of one answer have found anything, as far as they say. */

/** What the calls of one answer have found. */
export interface Findings {
  note(found: boolean): void;
  /** Whether at least one call has looked, and none has found anything. */
  readonly areEmpty: boolean;
}

/** Creates what nobody has noted anything in. */
export function createFindings(): Findings {
  const noted = new Set<boolean>();
  return {
    note: (found) => void noted.add(found),
    get areEmpty() {
      return noted.has(false) && !noted.has(true);
    },
  };
}
