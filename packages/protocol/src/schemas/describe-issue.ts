/** Writes a validation issue as text that may be logged and sent. */
import { getDotPath, type BaseIssue } from 'valibot';

/**
 * The path of the field and what was expected there, as in `parts.0.text: expected string`. Never holds the value that came,
 * which may be a visitor's text: valibot's own messages do.
 */
export function describeIssue(issue: BaseIssue<unknown>): string {
  const isMissing = issue.path?.at(-1)?.origin === 'key';
  // Only the number checks `integer` and `finite` leave `expected` empty.
  const expected = isMissing ? 'a value' : (issue.expected ?? `${issue.type} number`);
  return `${getDotPath(issue) ?? 'frame'}: expected ${expected}`;
}
