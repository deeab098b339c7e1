/** The end of a switch over a union: a case left out does not compile. */
export function unreachable(value: never): never {
  throw new TypeError(`not a known case: ${JSON.stringify(value)}`);
}
