/** Errors whose message was written for the operator: it names the cause and what to do, and contains no secret. */

/** An error with such a message. Its class says so with `isForOperator`. */
export interface ExplainedError extends Error {
  readonly isForOperator: true;
}

/** Whether the message of this error was written for the operator. */
export function isExplained(error: unknown): error is ExplainedError {
  return error instanceof Error && Reflect.get(error, 'isForOperator') === true;
}

/** The message for the operator of an error, or of the first of its causes that has one. */
export function explanationOf(error: unknown): string | undefined {
  if (isExplained(error)) return error.message;
  return error instanceof Error ? explanationOf(error.cause) : undefined;
}
