/** Attributes to settings: every value is checked here and trusted afterwards. */
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
export type AttributeName = (typeof ATTRIBUTES)[number];

/** An unknown word is the default, as with HTML's own enumerated attributes. */
export const parseMode = (value: string | null): Mode => MODES.find((mode) => mode === value) ?? 'floating';
export const parseTheme = (value: string | null): Theme => THEMES.find((theme) => theme === value) ?? 'auto';

export const parsePosition = (value: string | null): Position =>
  POSITIONS.find((position) => position === value) ?? 'end';

/** Frameworks give undefined for what they have no value for. */
export function reflect(element: HTMLElement, name: string, value: string | null | undefined): void {
  if (value === null || value === undefined) element.removeAttribute(name);
  else element.setAttribute(name, value);
}

/** Sets what is also an attribute, and the custom properties of the theme, on the element. */
export function reflectAll(element: HTMLElement, change: OptionsChange): void {
  const { connection, theme, launcher, mode, locale } = change;
  const given = {
    ...(connection && 'gateway' in connection && { gateway: connection.gateway }),
    ...(connection && 'site' in connection && { site: connection.site }),
    ...('mode' in change && { mode }),
    ...('locale' in change && { locale }),
    ...(theme && 'scheme' in theme && { theme: theme.scheme }),
    ...(launcher && 'position' in launcher && { position: launcher.position }),
  };
  for (const [name, value] of Object.entries(given)) reflect(element, name, value);
  for (const [name, value] of Object.entries(theme?.tokens ?? {}))
    element.style.setProperty(`--rivulet-${name}`, value);
}

/** An absolute URL without a slash at its end; a relative one counts from the page. */
export function parseGateway(value: string | null, fallback: string): string {
  const given = value?.trim() ?? '';
  if (given === '') return fallback;
  return new URL(given, document.baseURI).href.replace(/\/+$/, '');
}

/** The attribute, else the page's language, else the visitor's. */
export function parseLocale(value: string | null): string {
  const candidates = [value, document.documentElement.lang, navigator.language];
  return candidates.find((candidate) => candidate !== null && candidate !== '') ?? 'en';
}

/** The id of the one site that a gateway has when its configuration names none. */
export const DEFAULT_SITE = 'demo';
