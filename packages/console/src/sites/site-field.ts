/** What a field of the form of a site is. */

/** How a setting is filled in. */
export type FieldKind =
  | { kind: 'line' }
  | { kind: 'text'; rows: number }
  | { kind: 'number'; mayBeOff?: true }
  | { kind: 'choice'; options: readonly (readonly [value: string, label: string])[] }
  | { kind: 'checks'; options: readonly (readonly [value: string, label: string])[] }
  | { kind: 'lines' }
  | { kind: 'yes-no' }
  /** Off, on, or off with a text for visitors. */
  | { kind: 'switch' }
  /** The notice that a model answers: a text, none, or the built-in one. */
  | { kind: 'notice' }
  | { kind: 'hours' }
  | { kind: 'replies' };

/** A field. */
export interface SiteField {
  /** The path of the setting. */
  path: string;
  label: string;
  help?: string;
  input: FieldKind;
}

/** Fields that belong together. */
export interface FieldGroup {
  id: string;
  title: string;
  help?: string;
  fields: readonly SiteField[];
  /** Whether each language may have texts of its own. */
  isByLanguage?: true;
  needsDesk?: true;
}

/** One line of text. */
export const LINE: FieldKind = { kind: 'line' };
/** A number. */
export const NUMBER: FieldKind = { kind: 'number' };
/** A number, or the word off. */
export const LIMIT: FieldKind = { kind: 'number', mayBeOff: true };
/** Yes, no, or the default. */
export const YES_NO: FieldKind = { kind: 'yes-no' };
/** A text of several lines. */
export const text = (rows: number): FieldKind => ({ kind: 'text', rows });
/** One of several words. */
export const choice = (...options: (readonly [string, string])[]): FieldKind => ({ kind: 'choice', options });
