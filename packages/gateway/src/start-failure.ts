/** What happens when a gateway cannot be created: what it would own is closed, and the error says what to do. */
import { ChatError } from '@rivulet/protocol';
import { explanationOf } from './base/index.ts';

/**
 * Runs `start`. When it fails, closes what the gateway would have owned, in order.
 * @throws {Error} the error of `start`; an error without words of its own gets those of its cause, which say what to do
 */
export async function closingOnFailure<Result>(
  owned: readonly ({ close(): Promise<void> } | undefined)[],
  start: () => Promise<Result>,
): Promise<Result> {
  try {
    return await start();
  } catch (error) {
    for (const each of owned) await each?.close().catch(() => undefined); // the error of the start is the one to report
    throw explained(error);
  }
}

function explained(error: unknown): unknown {
  const explanation = explanationOf(error);
  const isSilent = error instanceof ChatError && error.message === error.code;
  if (!isSilent || explanation === undefined) return error;
  return new ChatError(error.code, { message: explanation, cause: error.cause });
}
