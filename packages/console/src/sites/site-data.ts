/** A site as the gateway shows it to the user of the console. */

/** A setting that the user may read. */
export interface ShownSetting {
  /** Such as `widget.start.greeting`. */
  path: string;
  /** The value that holds; null when it is edited to be absent. */
  value: unknown;
  state: 'configured' | 'edited';
  /** The value in the configuration; only of an edited setting, null when it has none there. */
  configured?: unknown;
  /** Where it is configured, such as `rivulet.json:12`. */
  source?: string;
}
/** A setting that cannot be used, and why. */
export interface SettingProblem {
  path: string;
  problem: string;
}
/** Who edited last, and when. */
export interface LastEdit {
  by: string;
  /** Milliseconds since 1970. */
  atMs: number;
}
/** A site of the list. */
export interface ListedSite {
  id: string;
  /** Whether it is switched off, with the text for visitors. */
  disabled: boolean | string;
  /** Whether a program has switched it off, so that the setting does not switch it on. */
  isSwitchedOff: boolean;
  hasDesk: boolean;
  servedSinceMs: number;
  /** 0: never edited. */
  revision: number;
  edited: LastEdit | null;
}
/** One site. */
export interface SiteView extends ListedSite {
  mayEdit: boolean;
  /** Where it is configured; null when it is not known. */
  source: string | null;
  settings: readonly ShownSetting[];
  /** Settings that have a value which nobody is shown. */
  hidden: readonly string[];
  /** What holds where the site sets nothing, by path. */
  defaults: Readonly<Record<string, unknown>>;
  /** Edited settings that cannot be used. */
  ignored: readonly SettingProblem[];
}
/** What a page needs to show the chat of a site. */
export interface Snippet {
  tag: string;
  importMap: string;
  pinnedTag: string;
  policy: Readonly<Record<string, readonly string[]>>;
  importMapSource: string;
  npm: string;
}
