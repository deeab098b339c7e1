/** Reads fields of JSON that another service wrote, without assuming anything about its shape. */

/** The fields of an object; none for any other value. */
export function record(value: unknown): Record<string, unknown> {
  // Any object may be read by any key; the values are unknown.
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

/** A string; empty for any other value. */
export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** The items of a list; none for any other value. */
export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
