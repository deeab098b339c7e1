/** Turns the result of a piece of work into a promise that rejects with a ChatError only. */
import { ChatError } from '@rivulet/protocol';

/**
 * Runs synchronous `work` before it returns, so that calls take effect in the order in which they were made.
 * @throws {ChatError} `internal` (as a rejection) with what `work` threw as its cause; a ChatError passes unchanged.
 */
export function settle<Result>(work: () => Result): Promise<Result> {
  try {
    return Promise.resolve(work());
  } catch (error) {
    return Promise.reject(ChatError.from(error));
  }
}

/**
 * Starts `work` before it returns and waits for its result.
 * @throws {ChatError} `internal` (as a rejection) with the error of `work` as its cause; a ChatError passes unchanged.
 */
export async function settleAsync<Result>(work: () => Result | Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw ChatError.from(error);
  }
}
