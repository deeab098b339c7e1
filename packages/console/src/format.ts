/** Times and amounts in the reader’s language and time zone. */

const full = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
const short = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
const timeOnly = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' });
const number = new Intl.NumberFormat();

/** A time with its day and seconds. @param atMs milliseconds since 1970 */
export const formatTime = (atMs: number): string => full.format(atMs);

/** A time for a list: without the day when it is today. */
export function formatListed(atMs: number, nowMs: number): string {
  const isToday = new Date(atMs).toDateString() === new Date(nowMs).toDateString();
  return isToday ? timeOnly.format(atMs) : short.format(atMs);
}

/** A count with the separators of the language. */
export const formatCount = (count: number): string => number.format(count);

const cents = new Intl.NumberFormat(undefined, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const small = new Intl.NumberFormat(undefined, { maximumSignificantDigits: 2 });

/** A cost in the unit of the prices, with as many digits as say something: `12.40`, `0.0031`. @param pico trillionths of the unit */
export function formatCost(pico: number): string {
  const amount = pico / 1e12;
  return amount === 0 || amount >= 0.1 ? cents.format(amount) : small.format(amount);
}

const BYTES = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const;

/** A size in decimal units, as operating systems do. */
export function formatBytes(sizeBytes: number): string {
  const step = sizeBytes < 1_000 ? 0 : Math.min(3, Math.floor(Math.log10(sizeBytes) / 3));
  const format = new Intl.NumberFormat(undefined, {
    ...{ style: 'unit', unit: BYTES[step] ?? 'byte', maximumFractionDigits: 1 },
    // The short form of bytes has no plural.
    unitDisplay: step === 0 ? 'long' : 'short',
  });
  return format.format(sizeBytes / 1_000 ** step);
}

/** A duration in the largest unit that says something: `850 ms`, `3.2 s`, `4 min 5 s`. */
export function formatDuration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${number.format(Math.round(ms / 100) / 10)} s`;
  const seconds = Math.round(ms / 1_000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
