/** The part of a store that keeps which sites were switched off, so that a gateway that starts later knows it. */

/** Whether a site was switched off, or on again, and when. */
export interface SiteSwitch {
  siteId: string;
  /** A text is shown to visitors. */
  disabled: boolean | string;
  /** Milliseconds since 1970. */
  atMs: number;
}

/** The switches of sites. They are bounded by the sites that an operator has ever switched. */
export interface SwitchStore {
  /** Keeps the switch of a site. It replaces an earlier one; one that is older than that changes nothing. */
  keep(siteSwitch: SiteSwitch): Promise<void>;
  /** The newest switch of each site, in any order. */
  list(): Promise<SiteSwitch[]>;
}

/** Creates the switches of a store in memory. @param settle does the work as the store does: not when it is closed */
export function createMemorySwitches(settle: <Result>(work: () => Result) => Promise<Result>): SwitchStore {
  const switches = new Map<string, SiteSwitch>();
  return {
    keep: (siteSwitch) =>
      settle(() => {
        if ((switches.get(siteSwitch.siteId)?.atMs ?? 0) <= siteSwitch.atMs)
          switches.set(siteSwitch.siteId, { ...siteSwitch });
      }),
    list: () => settle(() => [...switches.values()].map((each) => ({ ...each }))),
  };
}
