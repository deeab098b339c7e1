/** What an editor has changed of a site and not saved: pure functions over immutable drafts. */
import type { ShownSetting, SiteView } from './site-data.ts';

/** A change of one setting. `raw`: what is in the field, when it says more than the value, such as `0.` on the way to `0.5`. */
export type Change = { kind: 'set'; value: unknown; raw?: string } | { kind: 'reset' };
/** The changes by the path of the setting. */
export type Draft = ReadonlyMap<string, Change>;
/** Nothing is changed. */
export const NO_CHANGES: Draft = new Map();

/** A new value of a setting. */
export interface NewValue extends Omit<Change & { kind: 'set' }, 'kind'> {
  path: string;
}

/** The body of a request that saves. */
export interface ChangeRequest {
  revision: number;
  set: Record<string, unknown>;
  reset: string[];
}

const settingOf = ({ settings }: SiteView, path: string): ShownSetting | undefined =>
  settings.find((setting) => setting.path === path);

/** The value that is served; null when there is none. */
export const servedValue = (site: SiteView, path: string): unknown => settingOf(site, path)?.value ?? null;

/** The value in the configuration; null when there is none. */
export function configuredValue(site: SiteView, path: string): unknown {
  const setting = settingOf(site, path);
  return (setting?.state === 'edited' ? setting.configured : setting?.value) ?? null;
}

/** The value that the form shows. */
export function draftValue(site: SiteView, draft: Draft, path: string): unknown {
  const change = draft.get(path);
  if (change === undefined) return servedValue(site, path);
  return change.kind === 'set' ? change.value : configuredValue(site, path);
}

/** Whether the setting is, or would be after saving, another one than in the configuration. */
export function isEdited(site: SiteView, draft: Draft, path: string): boolean {
  const change = draft.get(path);
  if (change === undefined) return settingOf(site, path)?.state === 'edited';
  return change.kind === 'set' && !isSame(change.value, configuredValue(site, path));
}

/** The draft with a new value. One that is served already is no change. */
export function withValue(site: SiteView, draft: Draft, { path, ...next }: NewValue): Draft {
  const changes = new Map(draft);
  if (isSame(next.value, servedValue(site, path))) changes.delete(path);
  else changes.set(path, { kind: 'set', ...next });
  return changes;
}

/** The draft with the value of the configuration. */
export function withReset(site: SiteView, draft: Draft, path: string): Draft {
  const changes = new Map(draft);
  if (settingOf(site, path)?.state === 'edited') changes.set(path, { kind: 'reset' });
  else changes.delete(path);
  return changes;
}

/** What is left of a draft for a site that was read again: without what is served already. */
export function rebased(site: SiteView, draft: Draft): Draft {
  return new Map(
    [...draft].filter(([path, change]) =>
      change.kind === 'set'
        ? !isSame(change.value, servedValue(site, path))
        : settingOf(site, path)?.state === 'edited',
    ),
  );
}

/** The request that saves the draft. */
export function requestOf({ revision }: SiteView, draft: Draft): ChangeRequest {
  const entries = [...draft];
  return {
    revision,
    set: Object.fromEntries(
      entries.flatMap(([path, change]) => (change.kind === 'set' ? [[path, change.value]] : [])),
    ),
    reset: entries.flatMap(([path, { kind }]) => (kind === 'reset' ? [path] : [])),
  };
}

/** Values are JSON; the order of names in an object says nothing. */
export function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, inner]) => [name, sorted(inner)]),
  );
}

/** The number that a text is; the text itself when it is none, and null when it is empty. The gateway says what is wrong with it. */
export function numberIn(text: string): unknown {
  const trimmed = text.trim();
  if (trimmed === '') return null;
  return /^-?\d{1,15}([.,]\d{1,10})?$/.test(trimmed) ? Number(trimmed.replace(',', '.')) : trimmed;
}

/** The lines of a text that are not empty; null when there is none. */
export function linesIn(text: string): unknown {
  const lines = text.split('\n').flatMap((line) => (line.trim() === '' ? [] : [line.trim()]));
  return lines.length === 0 ? null : lines;
}
