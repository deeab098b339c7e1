/** Settings of sites that are edited while they are served: kept by the store, laid over the configuration, and told to the other gateways. */
import { isDeepStrictEqual } from 'node:util';
import { ChatError } from '@rivulet/protocol';
import { describeCause, type Clock, type Logger } from './base/index.ts';
import type { EventLog } from './event-logs/event-log.ts';
import { fitEdits, isWithoutDesk, NO_DESK, type CheckSite } from './site-check.ts';
import { layOver, settingAt, type EditedSettings } from './sites/edited-site.ts';
import { isEditable } from './sites/setting-rules.ts';
import type { EditedSites, PlannedChange, SettingProblem, SiteChange } from './sites/site-changes.ts';
import type { Site } from './sites/sites.ts';
import type { SiteEdit } from './stores/site-edits.ts';
import type { Store } from './stores/store.ts';

/** What `createSiteEdits` needs. */
export interface SiteEditsOptions {
  store: Pick<Store, 'siteEdits'>;
  eventLog: Pick<EventLog, 'broadcast'>;
  clock: Clock;
  logger: Logger;
  checkSite: CheckSite;
  /** The sites as they were configured. */
  given: () => readonly Site[];
  /** Serves the sites with what is known now. */
  serve: () => void;
}

/** The edits that one gateway knows. */
export interface SiteEdits extends Pick<EditedSites['edits'], 'find' | 'plan' | 'commit'> {
  /** The sites with their edited settings, as far as these fit. What does not is logged. */
  lay: (list: readonly Site[]) => Site[];
  /** Follows an edit on another gateway. */
  handle: (message: Pick<SiteEdit, 'siteId' | 'revision'>) => void;
  /** Reads what the store keeps. Call it before the first client, and again from time to time: a broadcast may be lost. */
  refresh: () => Promise<void>;
}

/** Creates the edits of one gateway. */
export function createSiteEdits(options: SiteEditsOptions): SiteEdits {
  const { store, clock, logger, checkSite, given, serve } = options;
  /** The newest edit of each site, also of those that are not configured. Bounded by the sites that were ever edited. */
  const known = new Map<string, SiteEdit>();
  const ignored = new Map<string, readonly SettingProblem[]>();
  const isNew = ({ siteId, revision }: Pick<SiteEdit, 'siteId' | 'revision'>) =>
    revision > (known.get(siteId)?.revision ?? 0);
  const refresh = async () => {
    const fresh = (await store.siteEdits.list()).filter(isNew);
    for (const edit of fresh) known.set(edit.siteId, edit);
    if (fresh.length > 0) serve();
  };
  const lay = (site: Site): Site => {
    const edit = known.get(site.id);
    if (edit === undefined) return site;
    const fitted = fitEdits(site, edit.settings, checkSite);
    ignored.set(site.id, fitted.ignored);
    logEdit(logger, edit, fitted.ignored);
    return fitted.site;
  };
  return {
    refresh,
    lay: (list) => list.map(lay),
    find(siteId) {
      const edit = known.get(siteId);
      return edit && { edit, ignored: ignored.get(siteId) ?? [] };
    },
    async plan(change) {
      const site = given().find(({ id }) => id === change.siteId);
      if (site === undefined) throw new ChatError('site-unknown');
      await refresh();
      return planned(change, { site, before: known.get(site.id), atMs: clock.now(), checkSite });
    },
    async commit(edit) {
      if (!(await store.siteEdits.keep(edit))) {
        await refresh();
        return known.get(edit.siteId);
      }
      if (isNew(edit)) {
        known.set(edit.siteId, edit);
        serve();
      }
      await tellOthers(options, edit);
      return undefined;
    },
    handle(message) {
      if (isNew(message)) void refresh().catch(reportUnread(logger));
    },
  };
}

const reportUnread = (logger: Logger) => (error: unknown) => {
  logger.warn(
    describeCause(error),
    'edited settings of a site could not be read; they are read again within limits.sweepMs',
  );
};

/** The edit is kept: one that could not be told is read by the others from the store. */
async function tellOthers(
  { eventLog, logger }: SiteEditsOptions,
  { siteId, revision }: SiteEdit,
): Promise<void> {
  try {
    await eventLog.broadcast({ kind: 'site-edit', siteId, revision });
  } catch (error) {
    logger.warn(
      describeCause(error),
      'edited settings of a site were kept and could not be broadcast: other gateways read them from the store within limits.sweepMs',
    );
  }
}

interface PlanOptions {
  /** As it was configured. */
  site: Site;
  before: SiteEdit | undefined;
  atMs: number;
  checkSite: CheckSite;
}

function planned(
  { revision, set, reset, userName }: SiteChange,
  { site, before, atMs, checkSite }: PlanOptions,
): PlannedChange {
  if (before !== undefined && before.revision !== revision) return { kind: 'conflict', edit: before };
  const paths = [...new Set([...Object.keys(set), ...reset])];
  const refused = paths.flatMap((path): SettingProblem[] => {
    if (!isEditable(path)) return [{ path, problem: 'it cannot be edited here, only in the configuration' }];
    return path in set && isWithoutDesk(site, path) ? [{ path, problem: NO_DESK }] : [];
  });
  if (refused.length > 0) return { kind: 'invalid', problems: refused };
  const settings = differing(site, withoutPaths({ ...before?.settings, ...set }, reset));
  const problems = checkSite(layOver(site, settings));
  if (problems.length > 0) return { kind: 'invalid', problems };
  const next = (before?.revision ?? 0) + 1;
  return { kind: 'ready', edit: { siteId: site.id, revision: next, settings, userName, atMs }, paths };
}

const withoutPaths = (settings: EditedSettings, paths: readonly string[]): EditedSettings =>
  Object.fromEntries(Object.entries(settings).filter(([path]) => !paths.includes(path)));

/** What is as the configuration has it is not edited. */
const differing = (site: Site, settings: EditedSettings): EditedSettings =>
  Object.fromEntries(
    Object.entries(settings).filter(
      ([path, value]) => !isDeepStrictEqual(value, settingAt(site, path) ?? null),
    ),
  );

/** The names of the settings, never their values. */
function logEdit(logger: Logger, edit: SiteEdit, ignored: readonly SettingProblem[]): void {
  const { siteId, revision, userName, settings } = edit;
  const paths = Object.keys(settings);
  if (paths.length > 0)
    logger.info(
      { siteId, revision, userName, settings: paths },
      'settings that were edited in the console are laid over the configuration of the site',
    );
  for (const { path, problem } of ignored)
    logger.error(
      { siteId, path, problem },
      'an edited setting of a site cannot be used any more, and the configured one is served',
    );
}
