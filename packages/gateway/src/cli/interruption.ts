/** Ends the work of a command by SIGINT or SIGTERM. */
import { StartError } from './start-error.ts';

/**
 * Runs `work` with a signal that aborts when the process is asked to end. A second SIGINT or SIGTERM ends the process at once.
 * @param sentence what to tell the operator about what remains
 * @throws {StartError} with this sentence when the work was interrupted
 */
export async function interruptible<Result>(
  sentence: string,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const stop = new AbortController();
  const onSignal = () => {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
    stop.abort(new StartError(sentence));
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  try {
    return await work(stop.signal);
  } catch (error) {
    stop.signal.throwIfAborted();
    throw error;
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  }
}
