/** What is said between who asks for a change of the settings of a site and who makes it. */
import type { SiteEdit } from '../stores/site-edits.ts';
import type { EditedSettings } from './edited-site.ts';
import type { Site } from './sites.ts';

/** What is wrong with a setting of a site. The path is that of a setting, of a part of one, or of the group that it belongs to. */
export interface SettingProblem {
  path: string;
  problem: string;
}

/** A change of the settings of a site. */
export interface SiteChange {
  siteId: string;
  /** The revision that the editor has seen; 0: none. */
  revision: number;
  /** New values by the path of the setting; `null`: the setting is absent. */
  set: EditedSettings;
  /** The paths of the settings that are those of the configuration again. */
  reset: readonly string[];
  userName: string;
}

/** What becomes of a change. `conflict`: somebody else has edited the site since. */
export type PlannedChange =
  | { kind: 'ready'; edit: SiteEdit; paths: readonly string[] }
  | { kind: 'invalid'; problems: readonly SettingProblem[] }
  | { kind: 'conflict'; edit: SiteEdit };

/** An edit, with what of it this gateway cannot use. */
export interface KnownEdit {
  edit: SiteEdit;
  ignored: readonly SettingProblem[];
}

/** The sites of a gateway, as they were configured, edited and are served. */
export interface EditedSites {
  /** The sites as they were configured. */
  configured: () => readonly Site[];
  /** Since when a site is served as it is, in milliseconds since 1970. */
  servedSinceMs: (siteId: string) => number;
  edits: {
    /** The edit of a site; undefined for a site that was never edited. */
    find: (siteId: string) => KnownEdit | undefined;
    /** Checks a change against what the store has now. Nothing is changed. @throws {ChatError} `site-unknown` */
    plan: (change: SiteChange) => Promise<PlannedChange>;
    /** Keeps a change that is ready, serves it here and tells the others. @returns the edit of somebody who was faster, if there is one */
    commit: (edit: SiteEdit) => Promise<SiteEdit | undefined>;
  };
}
