/** Finds the ends of replies and pushes in the bytes that Redis sends, in RESP 2 and 3. */

const [CR, LF] = [13, 10];
/** The types whose header is followed by as many bytes as it says, and a line end. */
const BULK = new Set('$=!');
/** The types whose header is followed by this many values for each that it counts. */
const AGGREGATES: ReadonlyMap<string, number> = new Map([
  ['*', 1],
  ['>', 1],
  ['~', 1],
  ['%', 2],
  ['|', 2],
]);

/**
 * Returns the offset after the frame that begins at `from`; undefined when the rest of it has not arrived yet.
 * @throws {Error} when the bytes cannot be of RESP
 */
export function endOfFrame(bytes: Buffer, from = 0): number | undefined {
  const lineEnd = bytes.indexOf('\r\n', from);
  if (lineEnd === -1) return undefined;
  const type = String.fromCharCode(bytes[from] ?? 0);
  const count = bytes.toString('latin1', from + 1, lineEnd);
  const next = lineEnd + 2;
  if (BULK.has(type)) return endOfBulk(bytes, next, Number(count));
  const valuesEach = AGGREGATES.get(type);
  if (valuesEach === undefined) {
    if (!/[+\-:_#,(]/.test(type)) throw new Error(`not a type of RESP: ${JSON.stringify(type)}`);
    return next;
  }
  let end: number | undefined = next;
  for (let left = Number(count) * valuesEach; left > 0 && end !== undefined; left -= 1)
    end = endOfFrame(bytes, end);
  return end;
}

/** @param length -1 for the null of RESP 2, which has no bytes */
function endOfBulk(bytes: Buffer, from: number, length: number): number | undefined {
  if (length < 0) return from;
  const end = from + length + 2;
  if (end > bytes.length) return undefined;
  if (bytes[end - 2] !== CR || bytes[end - 1] !== LF)
    throw new Error('a bulk string does not end with its line');
  return end;
}
