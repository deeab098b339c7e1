/** Separates JSON objects that a service wrote in a row without what should part them. */

/**
 * The texts of the objects, whatever stands between them; undefined when there are fewer than two, or when the last one is
 * incomplete.
 */
export function splitJsonObjects(text: string): string[] | undefined {
  const objects: string[] = [];
  let depth = 0;
  let start = 0;
  let isInString = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (isInString) {
      if (character === '\\') at += 1;
      else if (character === '"') isInString = false;
    } else if (character === '"') isInString = depth > 0;
    else if (character === '{') {
      if (depth === 0) start = at;
      depth += 1;
    } else if (character === '}' && depth > 0) {
      depth -= 1;
      if (depth === 0) objects.push(text.slice(start, at + 1));
    }
  }
  return depth === 0 && objects.length > 1 ? objects : undefined;
}
