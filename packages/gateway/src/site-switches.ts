/** Sites that are switched off by hand: here at once, kept by the store, and told to the other gateways. */
import { describeCause, type Clock, type Logger } from './base/index.ts';
import type { EventLog } from './event-logs/event-log.ts';
import type { Disabled } from './sites/disabled.ts';
import type { Sites } from './sites/sites.ts';
import type { Store } from './stores/store.ts';
import type { SiteSwitch } from './stores/switch-store.ts';

/** What `createSiteSwitches` needs. */
export interface SiteSwitchesOptions {
  sites: Pick<Sites, 'has' | 'toggle'>;
  store: Pick<Store, 'switches'>;
  eventLog: Pick<EventLog, 'broadcast'>;
  clock: Clock;
  logger: Logger;
}

/** The switches that one gateway knows. */
export interface SiteSwitches {
  /** Switches a site here and on every gateway. @throws {ChatError} `site-unknown`; `internal` when the store cannot keep it */
  toggle(siteId: string, disabled: Disabled): Promise<void>;
  /** Follows a switch on another gateway. One of a site that this gateway does not have yet counts when it gets the site. */
  handle: (siteSwitch: SiteSwitch) => void;
  /** Reads what the store keeps. Call it before the first client, and again from time to time: a broadcast may be lost. */
  refresh: () => Promise<void>;
  /** Applies all of them again. Call it when the sites have been replaced. */
  applyAgain(): void;
}

/** Creates the switches of one gateway. @param tell called when a site was switched */
export function createSiteSwitches({
  sites,
  store,
  eventLog,
  clock,
  logger,
  tell,
}: SiteSwitchesOptions & { tell: () => void }): SiteSwitches {
  /** The newest of each site, also of those that are not configured. Bounded by the sites that an operator has switched. */
  const known = new Map<string, SiteSwitch>();
  const isNew = ({ siteId, atMs }: SiteSwitch) => atMs > (known.get(siteId)?.atMs ?? -Infinity);
  const apply = (siteSwitch: SiteSwitch) => {
    const { siteId, disabled, atMs } = siteSwitch;
    known.set(siteId, siteSwitch);
    if (sites.has(siteId)) sites.toggle(siteId, disabled, atMs);
  };
  const takeOver = (all: readonly SiteSwitch[]): readonly SiteSwitch[] => {
    const fresh = all.filter(isNew);
    fresh.forEach(apply);
    if (fresh.length > 0) tell();
    return fresh;
  };
  return {
    async toggle(siteId, disabled) {
      const siteSwitch = { siteId, disabled, atMs: momentAfter(known.get(siteId), clock.now()) };
      sites.toggle(siteId, disabled, siteSwitch.atMs);
      known.set(siteId, siteSwitch);
      tell();
      // Each of the two also when the other fails.
      const [kept, told] = await Promise.allSettled([
        store.switches.keep(siteSwitch),
        eventLog.broadcast({ kind: 'site-switch', ...siteSwitch }),
      ]);
      if (kept.status === 'rejected') throw kept.reason;
      if (told.status === 'rejected')
        logger.warn(
          describeCause(told.reason),
          'a switch of a site was kept and could not be broadcast: other gateways read it from the store within limits.sweepMs',
        );
    },
    handle: ({ siteId, disabled, atMs }) => void takeOver([{ siteId, disabled, atMs }]),
    refresh: async () => {
      const off = takeOver(await store.switches.list()).filter(({ disabled }) => disabled !== false);
      for (const { siteId } of off)
        logger.warn({ siteId }, 'the site is switched off by disableSite, until enableSite is called');
    },
    applyAgain() {
      for (const siteSwitch of known.values()) apply(siteSwitch);
    },
  };
}

/** Two switches of one moment, or a clock that was set back, must not leave it open which of them is the later. */
const momentAfter = (before: SiteSwitch | undefined, nowMs: number): number =>
  Math.max(nowMs, (before?.atMs ?? -Infinity) + 1);
