/** Expects a call to fail with a `ChatError`. */
import { ChatError } from '@rivulet/protocol';

/** The error that `work` rejects with. @throws {Error} when it resolves, or rejects with anything else */
export async function chatErrorOf(work: Promise<unknown>): Promise<ChatError> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof ChatError) return error;
  throw new Error(`no ChatError: ${String(error)}`);
}
