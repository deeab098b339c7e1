/** What holds for a site where it sets nothing: the settings of the gateway, and the defaults. */
import type { Limits } from '../base/index.ts';
import type { DescribedBudgets } from '../budgets/describe-budgets.ts';
import type { Provider } from '../providers/provider.ts';
import type { VisitorLimits } from '../rate-limits/visitor-limits.ts';
import { DEFAULT_CAPACITY } from '../sites/desk-settings.ts';
import { settingAt } from '../sites/edited-site.ts';
import { EDITABLE } from '../sites/setting-rules.ts';
import type { Site } from '../sites/sites.ts';

/** What the defaults are read from. */
export interface SiteDefaultsOptions {
  visitorLimits: Pick<VisitorLimits, 'limitsOf'>;
  describeBudgets: (sites: readonly Site[]) => DescribedBudgets[];
  limits: Pick<Limits, 'maxAnswerChars'>;
  provider: Pick<Provider, 'modelsOf'>;
}

/** The values by the path of the setting. What has no default that can be told is left out. */
export function defaultsOf(
  { visitorLimits, describeBudgets, limits, provider }: SiteDefaultsOptions,
  site: Site,
): Record<string, unknown> {
  const { budgets: _budgets, rateLimits: _rateLimits, model: _model, ...bare } = site;
  const [budgets] = describeBudgets([bare]);
  const [model] = (site.provider ?? provider).modelsOf?.({}) ?? [];
  const values = {
    budgets,
    rateLimits: visitorLimits.limitsOf(bare),
    model,
    maxAnswerChars: limits.maxAnswerChars,
    whenBusy: 'queue',
    desk: { capacity: DEFAULT_CAPACITY, assign: 'manual' },
  };
  return Object.fromEntries(
    EDITABLE.flatMap((path): [string, unknown][] => {
      const value = settingAt(values, path);
      return value === undefined ? [] : [[path, value]];
    }),
  );
}
