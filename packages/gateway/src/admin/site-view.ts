/** What the console shows of a site: the values of listed settings, to the roles that may read them. Pure. */
import { CONSOLE_ROLES, type ConsoleRole } from '../access/console-roles.ts';
import { settingAt, settingsOf } from '../sites/edited-site.ts';
import { ruleOf } from '../sites/setting-rules.ts';
import type { KnownEdit, SettingProblem } from '../sites/site-changes.ts';
import { withoutDeskTool, type Site } from '../sites/sites.ts';

/** A setting of a site. */
export interface ShownSetting {
  path: string;
  /** The value that holds; null when it is edited to be absent. */
  value: unknown;
  /** Whether it is that of the configuration, or was edited in the console. */
  state: 'configured' | 'edited';
  /** The value in the configuration; only of an edited setting, null when it has none there. */
  configured?: unknown;
  /** Where it is configured, in words; only for admins. */
  source?: string;
}

/** A site, as one user of the console sees it. */
export interface SiteView {
  id: string;
  /** Whether it is switched off, with the text for visitors. */
  disabled: boolean | string;
  /** Whether that was done by `disableSite`, so that the setting does not switch it on again. */
  isSwitchedOff: boolean;
  hasDesk: boolean;
  /** Since when it is served as it is, in milliseconds since 1970. */
  servedSinceMs: number;
  /** 0: never edited. */
  revision: number;
  edited: { by: string; atMs: number } | null;
  mayEdit: boolean;
  /** Where it is configured, in words; only for admins, null when it is not known. */
  source: string | null;
  /** In the order of their paths. */
  settings: readonly ShownSetting[];
  /** The settings that have a value which nobody is shown. For admins; empty for others. */
  hidden: readonly string[];
  /** What holds where the site sets nothing, by path. For admins; empty for others. */
  defaults: Readonly<Record<string, unknown>>;
  /** Edited settings that cannot be used. For admins; empty for others. */
  ignored: readonly SettingProblem[];
}

/** What is known of a site. */
export interface ViewedSite {
  configured: Site;
  /** As it is served, with its edits and the switch. */
  served: Site;
  known: KnownEdit | undefined;
  servedSinceMs: number;
  defaults: Readonly<Record<string, unknown>>;
  /** Names where a setting is configured. */
  sourceOf: (path: string) => string | undefined;
}

/** Whether somebody of this role reads the setting. What has no rule is read by nobody. */
export function mayRead(role: ConsoleRole, path: string): boolean {
  const readers = ruleOf(path)?.readers ?? 'nobody';
  return readers !== 'nobody' && CONSOLE_ROLES.indexOf(role) >= CONSOLE_ROLES.indexOf(readers);
}

/** The site as somebody of this role sees it. */
export function viewOf(site: ViewedSite, role: ConsoleRole): SiteView {
  const { configured, served, known, servedSinceMs, defaults } = site;
  const isAdmin = role === 'admin';
  const own = { ...withoutDeskTool(served), disabled: ownSwitch(site) };
  const disabled = served.disabled ?? false;
  const all = settingsOf(own).map(({ path }) => path);
  const paths = [...new Set([...all, ...editedPaths(known)])].toSorted();
  return {
    id: served.id,
    disabled,
    isSwitchedOff: disabled !== false && (own.disabled ?? false) === false,
    hasDesk: configured.desk !== undefined,
    servedSinceMs,
    revision: known?.edit.revision ?? 0,
    edited: known === undefined ? null : { by: known.edit.userName, atMs: known.edit.atMs },
    mayEdit: isAdmin,
    source: (isAdmin ? site.sourceOf('') : undefined) ?? null,
    settings: paths
      .filter((path) => mayRead(role, path))
      .map((path) => shown(path, own, { ...site, isAdmin })),
    hidden: isAdmin ? paths.filter((path) => !mayRead('admin', path) && !isEmpty(settingAt(own, path))) : [],
    defaults: isAdmin ? defaults : {},
    ignored: isAdmin ? (known?.ignored ?? []) : [],
  };
}

const isEmpty = (value: unknown): boolean => Array.isArray(value) && value.length === 0;

/** The paths of the edited settings that hold. */
function editedPaths(known: KnownEdit | undefined): string[] {
  if (known === undefined) return [];
  const ignored = known.ignored.map(({ path }) => path);
  return Object.keys(known.edit.settings).filter((path) => !ignored.includes(path));
}

/** `disabled` as it was configured or edited, without the switch. */
function ownSwitch({ configured, known }: ViewedSite): Site['disabled'] {
  const isEdited = editedPaths(known).includes('disabled');
  // The schema has checked what was edited; null is one that was removed.
  return isEdited ? ((known?.edit.settings.disabled ?? undefined) as Site['disabled']) : configured.disabled;
}

function shown(
  path: string,
  own: Site,
  { configured, known, sourceOf, isAdmin }: ViewedSite & { isAdmin: boolean },
): ShownSetting {
  const value = settingAt(own, path) ?? null;
  const before = settingAt(configured, path) ?? null;
  const isEdited = editedPaths(known).includes(path);
  const source = isAdmin && before !== null ? sourceOf(path) : undefined;
  return {
    path,
    value,
    state: isEdited ? 'edited' : 'configured',
    ...(isEdited ? { configured: before } : {}),
    ...(source === undefined ? {} : { source }),
  };
}
