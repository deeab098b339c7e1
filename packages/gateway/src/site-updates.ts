/** Replaces and switches the sites of a running gateway, and tells everything that depends on them. */
import type { Clock, Logger } from './base/index.ts';
import type { EventLog, SiteSwitchBroadcast } from './event-logs/event-log.ts';
import { logBudgets, type GatewayBudgets } from './gateway-budgets.ts';
import type { Gateway } from './gateway-options.ts';
import type { Lifecycle } from './lifecycle.ts';
import { checkSites } from './options-check.ts';
import type { VisitorLimits } from './rate-limits/visitor-limits.ts';
import type { Runs } from './runs/runs.ts';
import { disabledProblem, type Disabled } from './sites/disabled.ts';
import { SiteError } from './sites/site-error.ts';
import type { Sites } from './sites/sites.ts';

/** What `createSiteUpdates` needs. */
export interface SiteUpdatesOptions extends Pick<GatewayBudgets, 'describeBudgets'> {
  sites: Sites;
  visitorLimits: Pick<VisitorLimits, 'check'>;
  runs: Runs;
  lifecycle: Lifecycle;
  eventLog: EventLog;
  clock: Clock;
  logger: Logger;
}

/** The methods of the gateway that change sites, and what other gateways ask for. */
export interface SiteUpdates extends Pick<Gateway, 'updateSites' | 'disableSite' | 'enableSite'> {
  /** Follows a switch on another gateway. A site that this gateway does not have is ignored. */
  handle(broadcastMessage: SiteSwitchBroadcast): void;
}

/** Creates the updates of one gateway. */
export function createSiteUpdates(options: SiteUpdatesOptions): SiteUpdates {
  const { sites, visitorLimits, runs, lifecycle, eventLog, clock } = options;
  const tell = () => {
    lifecycle.followSites();
    runs.followSites();
  };
  // Here at once, also when the other gateways cannot be reached.
  const toggle = async (siteId: string, disabled: Disabled) => {
    const atMs = clock.now();
    sites.toggle(siteId, disabled, atMs);
    tell();
    await eventLog.broadcast({ kind: 'site-switch', siteId, disabled, atMs });
  };
  return {
    updateSites(list) {
      checkSites(list);
      visitorLimits.check(list);
      const budgets = options.describeBudgets(list);
      sites.replace(list);
      logBudgets(options.logger, budgets);
      tell();
    },
    async disableSite(siteId, { text } = {}) {
      const problem = disabledProblem(text ?? true);
      if (problem !== undefined) throw new SiteError(`The text of the site ${siteId}: ${problem}.`);
      await toggle(siteId, text ?? true);
    },
    enableSite: (siteId) => toggle(siteId, false),
    handle({ siteId, disabled, atMs }) {
      if (!sites.has(siteId)) return;
      sites.toggle(siteId, disabled, atMs);
      tell();
    },
  };
}
