/** Replaces and switches the sites of a running gateway, and tells everything that depends on them. */
import type { Clock } from './base/index.ts';
import type { EventLog, SiteSwitchBroadcast } from './event-logs/event-log.ts';
import type { Gateway } from './gateway-options.ts';
import type { Lifecycle } from './lifecycle.ts';
import { checkSites } from './options-check.ts';
import type { VisitorLimits } from './rate-limits/visitor-limits.ts';
import type { Runs } from './runs/runs.ts';
import { disabledProblem, type Disabled } from './sites/disabled.ts';
import { SiteError } from './sites/site-error.ts';
import type { Sites } from './sites/sites.ts';

/** What `createSiteUpdates` needs. */
export interface SiteUpdatesOptions {
  sites: Sites;
  visitorLimits: Pick<VisitorLimits, 'check'>;
  runs: Runs;
  lifecycle: Lifecycle;
  eventLog: EventLog;
  clock: Clock;
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
      sites.replace(list);
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
