/** What `rivulet check` says of the settings that were edited in the console. */
import { describeBudgets } from '../budgets/describe-budgets.ts';
import type { Provider } from '../providers/provider.ts';
import { describeRateLimits } from '../rate-limits/describe-limits.ts';
import { createSiteCheck, fitEdits } from '../site-check.ts';
import type { Site } from '../sites/sites.ts';
import { budgetsOf } from './compose.ts';
import type { Config } from './config.ts';
import type { KeptEdits } from './kept-edits.ts';

type Row = readonly [name: string, value: string | undefined];

/** The sites as a gateway would serve them, and the rows about their edits, by the id of the site. */
export interface LaidSites {
  sites: Site[];
  rowsOf: (siteId: string) => Row[];
}

/** Lays what the store has over the sites. */
export function layKept(
  sites: readonly Site[],
  kept: KeptEdits,
  { config, provider }: { config: Config; provider: Provider },
): LaidSites {
  if ('problem' in kept) return { sites: [...sites], rowsOf: () => [['edited in the console', 'not known']] };
  const { budgets: settings, prices } = budgetsOf(config, provider);
  const checkSite = createSiteCheck({
    visitorLimits: { check: (list) => void describeRateLimits({ ...config, sites: list }) },
    describeBudgets: (list) =>
      describeBudgets({ settings, prices, sites: list, providerOf: (site) => site.provider ?? provider }),
  });
  const rows = new Map<string, Row[]>();
  const laid = sites.map((site) => {
    const edit = kept.edits.find(({ siteId }) => siteId === site.id);
    if (edit === undefined || Object.keys(edit.settings).length === 0) return site;
    const { site: fitted, ignored } = fitEdits(site, edit.settings, checkSite);
    const unused = new Set(ignored.map(({ path }) => path));
    const used = Object.keys(edit.settings).filter((path) => !unused.has(path));
    const notUsed = ignored.map(({ path, problem }) => `${path}: ${problem}`).join('; ');
    const when = `revision ${edit.revision}, by ${edit.userName}, ${new Date(edit.atMs).toISOString()}`;
    rows.set(site.id, [
      ['edited in the console', used.length === 0 ? undefined : `${used.join(', ')} (${when})`],
      ['edited and not used', notUsed === '' ? undefined : notUsed],
    ]);
    return fitted;
  });
  return { sites: laid, rowsOf: (siteId) => rows.get(siteId) ?? [] };
}

/** The row of the service when the store cannot be read. */
export const unknownEdits = (kept: KeptEdits): Row[] =>
  'problem' in kept ? [['edits in the console', `not known: ${kept.problem}`]] : [];
