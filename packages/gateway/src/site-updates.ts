/** Replaces, edits and switches the sites of a running gateway, and tells everything that depends on them. */
import { logBudgets, type GatewayBudgets } from './gateway-budgets.ts';
import type { Gateway } from './gateway-options.ts';
import type { Lifecycle } from './lifecycle.ts';
import { checkSites } from './options-check.ts';
import type { VisitorLimits } from './rate-limits/visitor-limits.ts';
import type { Runs } from './runs/runs.ts';
import { createSiteCheck } from './site-check.ts';
import { createSiteEdits, type SiteEdits } from './site-edits.ts';
import { createSiteSwitches, type SiteSwitches, type SiteSwitchesOptions } from './site-switches.ts';
import { createServedSince } from './sites/served-since.ts';
import { disabledProblem } from './sites/disabled.ts';
import type { EditedSites } from './sites/site-changes.ts';
import { SiteError } from './sites/site-error.ts';
import { withoutDeskTool, type Site, type Sites } from './sites/sites.ts';
import type { Store } from './stores/store.ts';

/** What `createSiteUpdates` needs. */
export interface SiteUpdatesOptions extends SiteSwitchesOptions, Pick<GatewayBudgets, 'describeBudgets'> {
  sites: Sites;
  store: Pick<Store, 'switches' | 'siteEdits'>;
  visitorLimits: Pick<VisitorLimits, 'check'>;
  runs: Pick<Runs, 'followSites'>;
  lifecycle: Pick<Lifecycle, 'followSites'>;
}

/** The methods of the gateway that change sites, and what other gateways ask for. */
export interface SiteUpdates
  extends Pick<Gateway, 'updateSites' | 'disableSite' | 'enableSite'>, EditedSites {
  /** Follows a switch on another gateway. */
  handle: SiteSwitches['handle'];
  /** Reads the switches and the edits that the store keeps. */
  refresh: () => Promise<void>;
  edits: Omit<SiteEdits, 'lay'>;
}

/** Creates the updates of one gateway. */
export function createSiteUpdates(options: SiteUpdatesOptions): SiteUpdates {
  const { sites, visitorLimits, runs, lifecycle, clock } = options;
  let configured: readonly Site[] = sites.list().map(withoutDeskTool);
  const since = createServedSince(clock, sites.list());
  const tell = () => {
    since.follow(sites.list());
    lifecycle.followSites();
    runs.followSites();
  };
  const switches = createSiteSwitches({ ...options, tell });
  const serve = (list: readonly Site[]) => {
    sites.replace(edits.lay(list));
    configured = list;
    switches.applyAgain();
    logBudgets(options.logger, options.describeBudgets(sites.list()));
    tell();
  };
  const edits = createSiteEdits({
    ...options,
    checkSite: createSiteCheck(options),
    given: () => configured,
    serve: () => {
      serve(configured);
    },
  });
  return {
    updateSites(list) {
      checkSites(list);
      visitorLimits.check(list);
      options.describeBudgets(list);
      serve(list);
    },
    async disableSite(siteId, { text } = {}) {
      const problem = disabledProblem(text ?? true);
      if (problem !== undefined) throw new SiteError(`The text of the site ${siteId}: ${problem}.`);
      await switches.toggle(siteId, text ?? true);
    },
    enableSite: (siteId) => switches.toggle(siteId, false),
    handle: switches.handle,
    refresh: async () => {
      await Promise.all([switches.refresh(), edits.refresh()]);
    },
    edits,
    configured: () => configured,
    servedSinceMs: since.of,
  };
}
