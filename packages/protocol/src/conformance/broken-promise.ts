/** How a check ends that did not see its promise kept. */

/** The server does something else than the protocol says. The message states what was expected and what came. */
export class BrokenPromise extends Error {
  override name = 'BrokenPromise';
}

/** The promise could not be tried: the server does not offer it, or an answer was over before it could be interrupted. */
export class Undecided extends Error {
  override name = 'Undecided';
}

/** @throws {BrokenPromise} with `what` when the condition does not hold */
export function expectThat(condition: boolean, what: string): asserts condition {
  if (!condition) throw new BrokenPromise(what);
}

/** @throws {BrokenPromise} when two values differ as JSON; `what` names them */
export function expectEqual(actual: unknown, expected: unknown, what: string): void {
  const [found, wanted] = [JSON.stringify(actual), JSON.stringify(expected)];
  expectThat(found === wanted, `${what}: expected ${shorten(wanted)}, and it is ${shorten(found)}`);
}

/** At most 300 characters of a text. */
export const shorten = (text: string | undefined): string =>
  text === undefined ? 'nothing' : text.length > 300 ? `${text.slice(0, 300)}…` : text;
