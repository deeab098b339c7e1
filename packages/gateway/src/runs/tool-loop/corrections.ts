/** Ends a run whose model goes on calling tools in a way that none can be performed: each round costs a request. */
import { ChatError, type ErrorCode, type ToolPart } from '@rivulet/protocol';

/** Counts the rounds in a row in which the model has called nothing that could be performed. */
export interface Corrections {
  /**
   * Takes the calls of one round after they were performed.
   * @throws {ChatError} upstream-failed when the model was corrected often enough
   */
  note(calls: readonly ToolPart[]): void;
}

/**
 * How often a model is corrected in a row: once when all its calls name tools that nobody offered, because those that make such calls
 * repeat them; a few times when inputs do not fit, or calls and outputs are too many, because models do mend those.
 */
const MAX_CORRECTIONS: Partial<Record<ErrorCode, number>> = {
  'not-found': 1,
  'bad-frame': 3,
  'too-large': 3,
};

/** Creates the count of one run. */
export function createCorrections(): Corrections {
  let inARow = 0;
  return {
    note(calls) {
      const limits = calls.map(({ error }) =>
        error === undefined ? undefined : MAX_CORRECTIONS[error.code],
      );
      if (limits.includes(undefined)) {
        inARow = 0;
        return;
      }
      inARow += 1;
      const most = Math.min(...limits.map((limit) => limit ?? 0));
      if (inARow <= most) return;
      const cause = new Error(`None of the tool calls of ${inARow} rounds could be performed.`);
      throw new ChatError('upstream-failed', { cause });
    },
  };
}
