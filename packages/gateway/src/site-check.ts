/** Checks a site whose settings are edited while it is served, as the start of a gateway checks it. */
import { BudgetError } from './budgets/budget-error.ts';
import type { GatewayBudgets } from './gateway-budgets.ts';
import { checkSites, GatewayOptionsError } from './options-check.ts';
import { RateLimitError } from './rate-limits/rate-limit-error.ts';
import type { VisitorLimits } from './rate-limits/visitor-limits.ts';
import { layOver, type EditedSettings } from './sites/edited-site.ts';
import { isEditable } from './sites/setting-rules.ts';
import type { SettingProblem } from './sites/site-changes.ts';
import type { Site } from './sites/sites.ts';

/** What `createSiteCheck` needs. */
export interface SiteCheckOptions extends Pick<GatewayBudgets, 'describeBudgets'> {
  visitorLimits: Pick<VisitorLimits, 'check'>;
}

/** Says what is wrong with a site; nothing is wrong when the list is empty. */
export type CheckSite = (site: Site) => SettingProblem[];

/** Creates the check: the schema of the settings, then the limits, then the budgets, which need a price of the model. */
export function createSiteCheck({ visitorLimits, describeBudgets }: SiteCheckOptions): CheckSite {
  const checks: ((site: Site) => void)[] = [
    (site) => {
      checkSites([site]);
    },
    (site) => {
      visitorLimits.check([site]);
    },
    (site) => void describeBudgets([site]),
  ];
  return (site) => {
    for (const check of checks) {
      try {
        check(site);
      } catch (error) {
        return problemsOf(error);
      }
    }
    return [];
  };
}

const SITE_PREFIX = /^sites\.0\./;

function problemsOf(error: unknown): SettingProblem[] {
  if (error instanceof GatewayOptionsError)
    return error.invalidOptions.map(({ place, problem }) => ({
      path: place.replace(SITE_PREFIX, ''),
      problem,
    }));
  if (error instanceof RateLimitError) return [{ path: 'rateLimits', problem: error.message }];
  if (error instanceof BudgetError) return [{ path: 'budgets', problem: error.message }];
  throw error;
}

/** A site with edited settings, as far as they fit. */
export interface FittedSite {
  site: Site;
  /** The edited settings that do not fit and are left out. */
  ignored: readonly SettingProblem[];
}

/**
 * Lays edited settings over a site. Those that cannot be used, because the configuration or the version of the gateway has changed since, are
 * left out one by one: the site is then served with its own.
 */
export function fitEdits(site: Site, edited: EditedSettings, check: CheckSite): FittedSite {
  const ignored: SettingProblem[] = [];
  let rest = { ...edited };
  const leaveOut = (path: string, problem: string) => {
    ignored.push({ path, problem });
    const { [path]: _value, ...others } = rest;
    rest = others;
  };
  for (const path of Object.keys(edited)) {
    if (!isEditable(path)) leaveOut(path, 'this version of the gateway cannot edit it');
    else if (isWithoutDesk(site, path)) leaveOut(path, NO_DESK);
  }
  for (;;) {
    const candidate = layOver(site, rest);
    const problems = check(candidate);
    if (problems.length === 0) return { site: candidate, ignored };
    const blamed = Object.keys(rest).filter((path) => problems.some((each) => concerns(each, path)));
    // Nothing that was edited is to blame: the site is as it was given, and was checked then.
    if (blamed.length === 0) return { site, ignored };
    for (const path of blamed)
      leaveOut(path, problems.find((each) => concerns(each, path))?.problem ?? 'it cannot be used');
  }
}

/** What is wrong with a setting of a desk that is not there. */
export const NO_DESK = 'the site has no desk; the configuration turns it on with "desk": {}';
/** Whether the setting belongs to the desk of a site that has none. */
export const isWithoutDesk = (site: Site, path: string): boolean =>
  path.startsWith('desk.') && site.desk === undefined;

const concerns = ({ path: place }: SettingProblem, path: string): boolean =>
  place === path || place.startsWith(`${path}.`) || path.startsWith(`${place}.`) || place === '';
