/** Collects a branch of a conversation, from a message upward. Loads nothing: the SQLite worker uses it as well. */

/** One message on the way. */
export interface BranchStep<Value> {
  value: Value;
  /** The message before it; null for the first. */
  parentId: string | null;
  /** Its size, which counts against the limit. */
  chars: number;
}

/**
 * Collects a message and those before it along the parents, until `maxChars` are exceeded. The message itself is always included.
 * @param read returns undefined for a message that does not exist
 * @returns oldest first; empty when the message does not exist
 */
export function collectBranch<Value, Id extends string>(
  messageId: Id,
  maxChars: number,
  read: (id: Id) => BranchStep<Value> | undefined,
): Value[] {
  const branch: Value[] = [];
  // The set ends a cycle, which only a damaged store can contain.
  const seen = new Set<string>();
  let left = maxChars;
  let at: Id | null = messageId;
  while (at !== null && !seen.has(at)) {
    seen.add(at);
    const step: BranchStep<Value> | undefined = read(at);
    if (step === undefined) break;
    left -= step.chars;
    if (left < 0 && branch.length > 0) break;
    branch.unshift(step.value);
    at = step.parentId as Id | null; // the parent is of the same kind as the message
  }
  return branch;
}
