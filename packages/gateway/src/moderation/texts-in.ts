/** The texts in a JSON value: what a reader could see of it. Pure. */

/** All names, texts and numbers in the value, in order. */
export function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value === 'number') return [String(value)];
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap(textsIn);
  return Object.entries(value).flatMap(([key, item]) => [key, ...textsIn(item)]);
}

const TEXT_OR_NUMBER = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*/g;
const ESCAPE = /\\(?:u([0-9a-f]{4})|(.))/gi;
const CONTROLS: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

/**
 * The same in JSON as it is written: a value that was read has only the last of several with one name, but who sees the JSON sees all of
 * them. Of what is no JSON, such as an input that was cut, the text with its escapes read.
 */
export function textsInJson(json: string): string[] {
  try {
    JSON.parse(json);
  } catch {
    return [json.replace(ESCAPE, readEscape)];
  }
  return (json.match(TEXT_OR_NUMBER) ?? []).flatMap((one) => {
    const read = String(JSON.parse(one));
    // A long number is seen as it is written, or as it is read.
    return one.startsWith('"') || read === one ? [read] : [one, read];
  });
}

const readEscape = (_escape: string, hex: string | undefined, character = ''): string =>
  hex === undefined ? (CONTROLS[character] ?? character) : String.fromCharCode(Number.parseInt(hex, 16));
