/** Converts attributes to settings. Values are validated here and trusted afterwards. */
import {
  MODES,
  POSITIONS,
  THEMES,
  type Mode,
  type OptionsChange,
  type Position,
  type Theme,
} from './options.ts';

/** The attributes of `<rivulet-chat>`; the script tag takes the same ones as `data-…`. */
export const ATTRIBUTES = ['gateway', 'site', 'mode', 'locale', 'theme', 'position'] as const;
/** The name of one attribute. */
export type AttributeName = (typeof ATTRIBUTES)[number];

/** Reads the attribute `mode`. As with HTML's enumerated attributes, an unknown value means the default. */
export const parseMode = (value: string | null): Mode => MODES.find((mode) => mode === value) ?? 'floating';
/** Reads the attribute `theme`; `auto` when absent or unknown. */
export const parseTheme = (value: string | null): Theme => THEMES.find((theme) => theme === value) ?? 'auto';

/** Reads the attribute `position`; `end` when absent or unknown. */
export const parsePosition = (value: string | null): Position =>
  POSITIONS.find((position) => position === value) ?? 'end';

/** Sets or removes an attribute. Frameworks pass undefined for absent values. */
export function reflect(element: HTMLElement, name: string, value: string | null | undefined): void {
  if (value === null || value === undefined) element.removeAttribute(name);
  else element.setAttribute(name, value);
}

/** Writes options that are also attributes, and the theme's custom properties, to the element. */
export function reflectAll(element: HTMLElement, change: OptionsChange): void {
  const { connection, theme, launcher } = change;
  const given: Readonly<Record<string, unknown>> = { ...connection, ...theme, ...launcher, ...change };
  for (const name of ATTRIBUTES) {
    const option = name === 'theme' ? 'scheme' : name;
    // The options of these names are strings.
    if (option in given) reflect(element, name, given[option] as string | undefined);
  }
  for (const [name, value] of Object.entries(theme?.tokens ?? {}))
    element.style.setProperty(`--rivulet-${name}`, value);
}

/** Resolves the gateway's URL against the page and removes trailing slashes. */
export function parseGateway(value: string | null, fallback: string): string {
  const given = value?.trim();
  if (!given) return fallback;
  return new URL(given, document.baseURI).href.replace(/\/+$/, '');
}

/** The attribute, else the page's language, else the visitor's. */
export function parseLocale(value: string | null): string {
  return [value, document.documentElement.lang, navigator.language].find(Boolean) ?? 'en';
}

/** The id of the site of a gateway whose configuration names none. */
export const DEFAULT_SITE = 'demo';
