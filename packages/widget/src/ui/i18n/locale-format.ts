/** Times, days and plurals in the words of a locale; all of it is the browser's own Intl. */
import { DAY_MS, dayOf } from './day-of.ts';

/** A text for each plural category that a language has. */
export type PluralForms = Readonly<{ other: string } & Partial<Record<Intl.LDMLPluralRule, string>>>;

export interface LocaleFormat {
  /** e.g. 14:32 */
  time(atMs: number): string;
  /** Day and time, in full. */
  dateTime(atMs: number): string;
  /** e.g. yesterday, or a date; `today` is a day as of `dayOf`. */
  day(atMs: number, today: number): string;
  /** The form for a number, with the number in place of `{count}`. */
  plural(count: number, forms: PluralForms): string;
}

const known = new Map<string, LocaleFormat>(); // as many as a page has languages

/** Making Intl's formats costs far more than using them, so there is one set a locale, and none before it is used. */
export function localeFormat(locale: string): LocaleFormat {
  const format = known.get(locale) ?? createFormat(supported(locale));
  known.set(locale, format);
  return format;
}

/** Intl throws at what is no language tag, e.g. `en_US`; the visitor's own language serves then. */
function supported(locale: string): string | undefined {
  try {
    return Intl.getCanonicalLocales(locale)[0];
  } catch {
    return undefined;
  }
}

/** Each takes the browser some milliseconds to make. */
function whenNeeded<Made>(make: () => Made): () => Made {
  let made: Made | undefined;
  return () => (made ??= make());
}

function createFormat(locale: string | undefined): LocaleFormat {
  const formatter = (options: Intl.DateTimeFormatOptions) =>
    whenNeeded(() => new Intl.DateTimeFormat(locale, options));
  const time = formatter({ timeStyle: 'short' });
  const dateTime = formatter({ dateStyle: 'full', timeStyle: 'short' });
  const date = { weekday: 'long', day: 'numeric', month: 'long' } as const;
  const day = formatter(date);
  const dayOfYear = formatter({ ...date, year: 'numeric' });
  const near = whenNeeded(() => new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }));
  const rules = whenNeeded(() => new Intl.PluralRules(locale));
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
