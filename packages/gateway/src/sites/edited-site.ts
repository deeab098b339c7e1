/** Lays edited settings over a site, and takes a site apart into its settings. Pure. */
import type { BudgetSettings } from '../budgets/budget-settings.ts';
import { isEditable, ruleOf } from './setting-rules.ts';
import type { Site } from './sites.ts';

/** Edited values by the path of the setting, such as `widget.start.greeting`. `null`: the setting is absent. */
export type EditedSettings = Readonly<Record<string, unknown>>;

/** A setting of a site that has a value. */
export interface SettingOfSite {
  path: string;
  /** As the site has it: JSON where the setting is data. */
  value: unknown;
}

type Values = Readonly<Record<string, unknown>>;

/**
 * The site with edited settings in place of its own. Each counts for itself: what is not edited stays that of the site. What may not be
 * edited, and the desk of a site without one, is left as it is. Nothing is checked.
 */
export function layOver(site: Site, edited: EditedSettings): Site {
  let result: Values = { ...site };
  for (const [path, value] of Object.entries(edited)) {
    if (!isEditable(path) || (path.startsWith('desk.') && site.desk === undefined)) continue;
    if (path.startsWith('budgets.') && result.budgets === 'off') result = { ...result, budgets: ALL_OFF };
    result = withValue(result, path.split('.'), value);
  }
  // Only what the rules name was replaced, which is optional or data; whether it is valid is for the caller to check.
  return result as unknown as Site;
}

/** The same as `off`, in which one budget can be replaced. */
const ALL_OFF: BudgetSettings = {
  visitor: { tokensPerDay: 'off', moneyPerDay: 'off' },
  user: { tokensPerDay: 'off', moneyPerDay: 'off' },
  site: { tokensPerDay: 'off', moneyPerDay: 'off' },
};

/** Copies what is on the way. A group that loses its last setting goes, but for the site and its desk, which mean something. */
function withValue(group: Values, [name = '', ...rest]: readonly string[], value: unknown): Values {
  if (rest.length === 0) {
    const { [name]: _before, ...others } = group;
    return value === null ? others : { ...others, [name]: value };
  }
  const inner = withValue(groupOf(group[name]), rest, value);
  const isGone = Object.keys(inner).length === 0 && name !== 'desk';
  const { [name]: _before, ...others } = group;
  return isGone ? others : { ...others, [name]: inner };
}

const isGroup = (value: unknown): value is Values =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const groupOf = (value: unknown): Values => (isGroup(value) ? value : {});

/** The settings of a site that have a value, without its id. Groups are taken apart as far as their parts have rules. */
export function settingsOf({ id: _id, ...site }: Site): SettingOfSite[] {
  return takenApart('', site);
}

function takenApart(prefix: string, group: Values): SettingOfSite[] {
  return Object.entries(group).flatMap(([name, value]): SettingOfSite[] => {
    const path = prefix === '' ? name : `${prefix}.${name}`;
    if (value === undefined) return [];
    const isWhole = !isGroup(value) || (path !== 'budgets' && ruleOf(path) !== undefined);
    return isWhole ? [{ path, value }] : takenApart(path, value);
  });
}

/** The value at a path of a site; undefined where there is none. */
export function settingAt(site: object, path: string): unknown {
  return path.split('.').reduce<unknown>((value, name) => (isGroup(value) ? value[name] : undefined), site);
}
