/** The part of a store that keeps which settings of sites were edited while they are served. They are laid over the configuration. */

/** The edited settings of one site. */
export interface SiteEdit {
  siteId: string;
  /** Counts the edits of the site, from 1. */
  revision: number;
  /** The edited values by the path of the setting, such as `widget.start.greeting`. `null`: the setting is absent. JSON values. */
  settings: Readonly<Record<string, unknown>>;
  /** Who made the last edit. */
  userName: string;
  /** Milliseconds since 1970. */
  atMs: number;
}

/** The edits of sites: one record for each site that was ever edited. */
export interface SiteEditStore {
  /**
   * Keeps an edit that follows the one before it: its revision is 1 for a site without edits, otherwise one more than the kept one.
   * @returns whether it was kept; false when it does not follow, because somebody else's was kept meanwhile
   */
  keep(edit: SiteEdit): Promise<boolean>;
  /** The newest edit of each site, in any order. */
  list(): Promise<SiteEdit[]>;
}

/** Creates the edits of a store in memory. @param settle does the work as the store does: not when it is closed */
export function createMemorySiteEdits(
  settle: <Result>(work: () => Result) => Promise<Result>,
): SiteEditStore {
  const edits = new Map<string, SiteEdit>();
  return {
    keep: (edit) =>
      settle(() => {
        if (edit.revision !== (edits.get(edit.siteId)?.revision ?? 0) + 1) return false;
        edits.set(edit.siteId, structuredClone(edit));
        return true;
      }),
    list: () => settle(() => structuredClone([...edits.values()])),
  };
}
