/** Formats times, days and plurals in a locale with the browser's Intl. */
import { DAY_MS, dayOf } from './day-of.ts';

/** One text per plural category of a language. */
export type PluralForms = Readonly<{ other: string } & Partial<Record<Intl.LDMLPluralRule, string>>>;

/** Formatters of one locale. */
export interface LocaleFormat {
  /** Time of day, for example 14:32. */
  time(atMs: number): string;
  /** Full date and time. */
  dateTime(atMs: number): string;
  /** Relative day or date, for example yesterday; `today` is a day number as of `dayOf`. */
  day(atMs: number, today: number): string;
  /** Selects the text for a number and inserts the number for `{count}`. */
  plural(count: number, forms: PluralForms): string;
}

const known = new Map<string, LocaleFormat>(); // bounded by the locales used on the page

/**
 * Returns the formatters of a locale, cached: creating Intl formatters costs far more than using them. Each is created
 * on first use.
 */
export function localeFormat(locale: string): LocaleFormat {
  const format = known.get(locale) ?? createFormat(supported(locale));
  known.set(locale, format);
  return format;
}

/** Intl throws for an invalid language tag such as `en_US`; it then uses the locale of the browser. */
function supported(locale: string): string | undefined {
  try {
    return Intl.getCanonicalLocales(locale)[0];
  } catch {
    return undefined;
  }
}

/** Creates a value on first use: each formatter takes the browser some milliseconds. */
function lazy<Made>(make: () => Made): () => Made {
  let made: Made | undefined;
  return () => (made ??= make());
}

function createFormat(locale: string | undefined): LocaleFormat {
  const formatter = (options: Intl.DateTimeFormatOptions) =>
    lazy(() => new Intl.DateTimeFormat(locale, options));
  const time = formatter({ timeStyle: 'short' });
  const dateTime = formatter({ dateStyle: 'full', timeStyle: 'short' });
  const date = { weekday: 'long', day: 'numeric', month: 'long' } as const;
  const day = formatter(date);
  const dayOfYear = formatter({ ...date, year: 'numeric' });
  const near = lazy(() => new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }));
  const rules = lazy(() => new Intl.PluralRules(locale));
  return {
    time: (atMs) => time().format(atMs),
    dateTime: (atMs) => dateTime().format(atMs),
    day(atMs, today) {
      const days = dayOf(atMs) - today;
      if (days === 0 || days === -1) return near().format(days, 'day');
      const isThisYear = new Date(atMs).getFullYear() === new Date(today * DAY_MS).getUTCFullYear();
      return (isThisYear ? day : dayOfYear)().format(atMs);
    },
    plural: (count, forms) => (forms[rules().select(count)] ?? forms.other).replace('{count}', String(count)),
  };
}
