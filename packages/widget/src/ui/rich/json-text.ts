/** JSON as people read it. Pure. */

/** Characters of a value that are shown; more is not read in a chat. */
const MAX_CHARACTERS = 20_000;

export function jsonText(value: unknown): string {
  const text = wholeJson(value) ?? '…';
  return text.length > MAX_CHARACTERS ? `${text.slice(0, MAX_CHARACTERS)}…` : text;
}

/** For who decides about it. undefined: a value can be read that is too deep to be written; that recurses, and its stack ends. */
export function wholeJson(value: unknown): string | undefined {
  try {
    return JSON.stringify(value, null, 2);
  } catch {
    return undefined;
  }
}

export function readJson(text: string): { isJson: true; value: unknown } | { isJson: false } {
  try {
    return { isJson: true, value: JSON.parse(text) };
  } catch {
    return { isJson: false }; // the visitor is told
  }
}
