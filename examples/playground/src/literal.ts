/** Writes values as source code. Text that a user has typed stays a string, whatever characters it contains. */

/** A longer literal is broken into lines, as a formatter would do. */
const MAX_COLUMNS = 80;

/** @returns the value as a JavaScript literal that is also safe inside a `<script>` element */
export function literal(value: unknown, indent = ''): string {
  if (typeof value === 'string') return quoted(value);
  if (typeof value !== 'object' || value === null) return String(value);
  const isList = Array.isArray(value);
  const [open, close] = isList ? ['[', ']'] : ['{', '}'];
  const inner = `${indent}  `;
  const write = (deeper: string): string[] =>
    isList
      ? value.map((item) => literal(item, deeper))
      : Object.entries(value).map(([name, item]) => `${key(name)}: ${literal(item, deeper)}`);
  const padding = isList ? '' : ' ';
  const oneLine = `${open}${padding}${write(inner).join(', ')}${padding}${close}`;
  // 24 columns are reserved for the code before the literal, such as `rivulet('configure', `.
  const fits = !oneLine.includes('\n') && indent.length + oneLine.length + 24 <= MAX_COLUMNS;
  return fits ? oneLine : `${open}\n${inner}${write(inner).join(`,\n${inner}`)},\n${indent}${close}`;
}

const key = (name: string): string => (/^[a-z_$][\w$]*$/i.test(name) ? name : quoted(name));

function quoted(text: string): string {
  const escaped = JSON.stringify(text)
    .slice(1, -1)
    .replaceAll('\\"', '"')
    .replaceAll("'", "\\'")
    // `</script` and `<!--` affect a script element even inside a string.
    .replaceAll('<', '\\x3C')
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029');
  return `'${escaped}'`;
}

/** @returns the text as an HTML attribute value, including the quotes */
export function htmlAttribute(text: string): string {
  const escaped = text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
  return `"${escaped}"`;
}

/** @returns the text as a JSX attribute value, including the quotes or braces */
export const jsxAttribute = (text: string): string =>
  /^[^"&{}<>\\\r\n]*$/.test(text) ? `"${text}"` : `{${literal(text)}}`;
