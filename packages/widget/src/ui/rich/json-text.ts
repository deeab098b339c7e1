/** Pure: formats and parses JSON for display. */

/** Maximum number of characters shown; more is not readable in a chat. */
const MAX_CHARACTERS = 20_000;

/** Formats a value, truncated to the maximum. */
export function jsonText(value: unknown): string {
  const text = wholeJson(value) ?? '…';
  return text.length > MAX_CHARACTERS ? `${text.slice(0, MAX_CHARACTERS)}…` : text;
}

/**
 * Formats a value without truncation, for a visitor who has to approve it. Undefined if the value is nested too deeply:
 * `JSON.stringify` recurses and overflows the stack where parsing did not.
 */
export function wholeJson(value: unknown): string | undefined {
  try {
    return JSON.stringify(value, null, 2);
  } catch {
    return undefined;
  }
}
