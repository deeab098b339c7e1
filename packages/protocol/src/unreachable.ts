/**
 * Ends a switch over a union: a missing case does not compile.
 * @throws {TypeError} when a value outside the union arrives at run time
 */
export function unreachable(value: never): never {
  throw new TypeError(`not a known case: ${JSON.stringify(value)}`);
}
