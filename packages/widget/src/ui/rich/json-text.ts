/** JSON as people read it. Pure. */

/** Characters of a value that are shown; more is not read in a chat. */
const MAX_CHARACTERS = 20_000;

export function jsonText(value: unknown): string {
  const text = JSON.stringify(value, null, 2);
  return text.length > MAX_CHARACTERS ? `${text.slice(0, MAX_CHARACTERS)}…` : text;
}

export function readJson(text: string): { isJson: true; value: unknown } | { isJson: false } {
  try {
    return { isJson: true, value: JSON.parse(text) };
  } catch {
    return { isJson: false }; // the visitor is told
  }
}
