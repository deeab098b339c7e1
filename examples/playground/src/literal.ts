/** Values as source text: what a person has typed stays a word, whatever is in it. */

/** One that holds more than a few words is broken, as a formatter would. */
const MAX_COLUMNS = 80;

/** A value as a JavaScript literal that may also stand inside a `<script>`. */
export function literal(value: unknown, indent = ''): string {
  if (typeof value === 'string') return quoted(value);
  if (typeof value !== 'object' || value === null) return String(value);
  const isList = Array.isArray(value);
  const [open, close] = isList ? ['[', ']'] : ['{', '}'];
  const inner = `${indent}  `;
  const write = (deeper: string): string[] =>
    isList
      ? value.map((one) => literal(one, deeper))
      : Object.entries(value).map(([name, one]) => `${key(name)}: ${literal(one, deeper)}`);
  const padding = isList ? '' : ' ';
  const line = `${open}${padding}${write(inner).join(', ')}${padding}${close}`;
  const fits = !line.includes('\n') && indent.length + line.length + 24 <= MAX_COLUMNS;
  return fits ? line : `${open}\n${inner}${write(inner).join(`,\n${inner}`)},\n${indent}${close}`;
}

const key = (name: string): string => (/^[a-z_$][\w$]*$/i.test(name) ? name : quoted(name));

function quoted(text: string): string {
  const escaped = JSON.stringify(text)
    .slice(1, -1)
    .replaceAll('\\"', '"')
    .replaceAll("'", "\\'")
    // `</script` and `<!--` end or change a script element, also inside a string.
    .replaceAll('<', '\\x3C')
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029');
  return `'${escaped}'`;
}

/** The value of an attribute in HTML, with its quotes. */
export function htmlAttribute(text: string): string {
  const escaped = text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
  return `"${escaped}"`;
}

/** The value of an attribute in JSX, with its quotes or braces. */
export const jsxAttribute = (text: string): string =>
  /^[^"&{}<>\\\r\n]*$/.test(text) ? `"${text}"` : `{${literal(text)}}`;
