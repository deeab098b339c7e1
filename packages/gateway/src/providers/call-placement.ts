/**
 * Decides which tool call an entry of `tool_calls` belongs to. Upstreams leave out or repeat the index, the id, the name and the
 * arguments of a call in every combination, so that all four are looked at, and the place in the list.
 */

/** One entry of `tool_calls`, as text. What the upstream left out is empty or undefined. */
export interface CallEntry {
  /** The index that the upstream gave, else the place of the entry in a list of several. */
  index: number | undefined;
  id: string;
  name: string;
  input: string;
  /** `message`: of a whole message, which may sum up the deltas before it. */
  source: 'delta' | 'message';
}

/** A call of which entries have arrived. */
export interface OpenCall {
  index: number | undefined;
  /** Every id that an entry of it had: some upstreams give each delta another one. */
  ids: ReadonlySet<string>;
  name: string;
  /** The input so far. */
  input: string;
  /** The last two characters of the input. Cutting them off each time would copy a long input with each of its pieces. */
  tail: string;
  /** Whether the input is a whole JSON object. */
  isComplete: boolean;
  /** Whether the input ends within a string. */
  isInString: boolean;
  /** How many entries it consists of. */
  entries: number;
  /** Whether an entry of it was in the list that is being read. */
  isInThisList: boolean;
  /** Whether its name was repeated after its input was complete: then more input belongs to another call of that name. */
  isNamedAgain: boolean;
}

/** Some upstreams send it before the input, as its initial value. */
export const NO_INPUT = '{}';

/** Where an entry belongs. */
export type Placement<Call> =
  /** It starts a call. */
  | { kind: 'new'; name: string }
  /** It continues a call by this input, which is empty when the entry only repeats what is known. */
  | { kind: 'continued'; call: Call; input: string };

/**
 * Places one entry.
 * @param calls the calls of the answer, in the order in which they started
 * @param tools the names of the tools that the model may call; they tell the rest of a name from another tool
 */
export function placeEntry<Call extends OpenCall>(
  calls: readonly Call[],
  entry: CallEntry,
  tools: ReadonlySet<string>,
): Placement<Call> {
  const call = callFor(calls, entry);
  if (call === undefined) return { kind: 'new', name: entry.name };
  if (isRepeated(call, entry)) return { kind: 'continued', call, input: '' };
  if (startsAnother(call, entry, tools))
    return { kind: 'new', name: entry.name === '' && call.isNamedAgain ? call.name : entry.name };
  return { kind: 'continued', call, input: newInput(call, entry) };
}

/** The call that the entry most likely names: by its id, else by its index, else the last one. */
function callFor<Call extends OpenCall>(calls: readonly Call[], { id, index }: CallEntry): Call | undefined {
  const isAtIndex = (call: OpenCall) =>
    index === undefined || call.index === undefined || call.index === index;
  const named = id === '' ? undefined : calls.findLast((call) => call.ids.has(id) && isAtIndex(call));
  return named ?? calls.findLast(isAtIndex);
}

const hasOtherId = (call: OpenCall, { id }: CallEntry): boolean =>
  id !== '' && call.ids.size > 0 && !call.ids.has(id);

/** Whether a whole input is sent once more, as some upstreams do at the end of a call or of the answer. */
function isRepeated(call: OpenCall, entry: CallEntry): boolean {
  if (!call.isComplete || hasOtherId(call, entry) || !isSameJson(call.input, entry.input)) return false;
  if (entry.name === '' || call.ids.has(entry.id)) return true;
  if (entry.name !== call.name || call.isInThisList) return false;
  // Without ids: a call that came as one entry is made twice; a call that came in pieces is summed up.
  return entry.source === 'message' || call.entries > 1;
}

function startsAnother(call: OpenCall, entry: CallEntry, tools: ReadonlySet<string>): boolean {
  const isOther = hasOtherId(call, entry);
  if (entry.name === '') {
    if (!call.isComplete || entry.input === '' || call.input === NO_INPUT) return false;
    return isOther || call.isNamedAgain;
  }
  if (call.name === '') return isOther && call.isComplete;
  if (call.isInThisList && !call.ids.has(entry.id)) return true;
  if (entry.name !== call.name) return isOther || call.input !== '' || !isRestOfName(call, entry, tools);
  if (call.isComplete) return isOther || entry.input !== '';
  if (!isOther) return false;
  // Otherwise one call whose deltas all have other ids, and repeat its name.
  return call.input === '' ? entry.input === '' : beginsInput(call, entry);
}

/** Whether the input can only be the beginning of an object that is not within the one so far. */
const beginsInput = (call: OpenCall, entry: CallEntry): boolean =>
  entry.input.startsWith('{') && !call.isInString && !/[[:,]\s*$/.test(call.tail);

/** Some upstreams send a name in pieces, others the name so far. */
function isRestOfName(call: OpenCall, { name }: CallEntry, tools: ReadonlySet<string>): boolean {
  if (name.startsWith(call.name)) return true;
  return [...tools].some((tool) => tool.startsWith(call.name + name));
}

/** Some upstreams send all of the input so far in each delta. In JSON, no piece can begin with everything before it. */
function newInput(call: OpenCall, { input }: CallEntry): string {
  // The lengths first: comparing a long input with each of its pieces would cost quadratic time.
  const isSoFar = input.length >= call.input.length && input.startsWith('{') && input.startsWith(call.input);
  return isSoFar ? input.slice(call.input.length) : input;
}

/** Whether both texts are the same JSON value. Written by one serialiser, so that the order of keys counts. */
function isSameJson(one: string, other: string): boolean {
  if (one === other) return true;
  // White space makes the same value a few times as long. Otherwise a long input would be parsed once more for each short piece.
  if (other.length < one.length / 8 || !other.trimStart().startsWith('{')) return false;
  try {
    return JSON.stringify(JSON.parse(one)) === JSON.stringify(JSON.parse(other));
  } catch {
    return false; // a piece of JSON is not the whole
  }
}
