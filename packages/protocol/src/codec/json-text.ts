/** Writes JSON as the standard says, also on pages whose libraries have changed how arrays and texts are written. */

/**
 * Like `JSON.stringify` of plain values. Old libraries such as Prototype.js add `toJSON` to the prototypes of arrays and texts, which
 * then are written as quoted text.
 */
export function jsonText(value: unknown): string {
  const isChanged = 'toJSON' in Array.prototype || 'toJSON' in String.prototype;
  // Only where it is needed: a replacer makes writing several times slower.
  return isChanged
    ? JSON.stringify({ value }, original).slice('{"value":'.length, -1)
    : JSON.stringify(value);
}

/** The value before `toJSON` was called. @param this the array or object that contains it */
function original(this: unknown, key: string): unknown {
  return (this as Record<string, unknown>)[key]; // the standard: an object, also around the whole value
}
