/** Replaces and switches the sites of a running gateway, and tells everything that depends on them. */
import { logBudgets, type GatewayBudgets } from './gateway-budgets.ts';
import type { Gateway } from './gateway-options.ts';
import type { Lifecycle } from './lifecycle.ts';
import { checkSites } from './options-check.ts';
import type { VisitorLimits } from './rate-limits/visitor-limits.ts';
import type { Runs } from './runs/runs.ts';
import { createSiteSwitches, type SiteSwitches, type SiteSwitchesOptions } from './site-switches.ts';
import { disabledProblem } from './sites/disabled.ts';
import { SiteError } from './sites/site-error.ts';
import type { Sites } from './sites/sites.ts';

/** What `createSiteUpdates` needs. */
export interface SiteUpdatesOptions extends SiteSwitchesOptions, Pick<GatewayBudgets, 'describeBudgets'> {
  sites: Sites;
  visitorLimits: Pick<VisitorLimits, 'check'>;
  runs: Runs;
  lifecycle: Lifecycle;
}

/** The methods of the gateway that change sites, and what other gateways ask for. */
export interface SiteUpdates
  extends
    Pick<Gateway, 'updateSites' | 'disableSite' | 'enableSite'>,
    Pick<SiteSwitches, 'handle' | 'refresh'> {}

/** Creates the updates of one gateway. */
export function createSiteUpdates(options: SiteUpdatesOptions): SiteUpdates {
  const { sites, visitorLimits, runs, lifecycle } = options;
  const tell = () => {
    lifecycle.followSites();
    runs.followSites();
  };
  const switches = createSiteSwitches({ ...options, tell });
  return {
    updateSites(list) {
      checkSites(list);
      visitorLimits.check(list);
      const budgets = options.describeBudgets(list);
      sites.replace(list);
      switches.applyAgain();
      logBudgets(options.logger, budgets);
      tell();
    },
    async disableSite(siteId, { text } = {}) {
      const problem = disabledProblem(text ?? true);
      if (problem !== undefined) throw new SiteError(`The text of the site ${siteId}: ${problem}.`);
      await switches.toggle(siteId, text ?? true);
    },
    enableSite: (siteId) => switches.toggle(siteId, false),
    handle: switches.handle,
    refresh: switches.refresh,
  };
}
