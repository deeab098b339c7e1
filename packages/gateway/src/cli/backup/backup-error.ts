/** Why a backup cannot be taken or restored. */
import { describeFileFailure, explanationOf } from '../../base/index.ts';

/** A backup was not taken, or not restored. The message is one sentence that names the cause and what to do. */
export class BackupError extends Error {
  override readonly name = 'BackupError';
  readonly isForOperator = true;
}

/** Runs `work`. Failures of the file system become a BackupError that names `path`. @throws {BackupError} */
export async function explainFiles<Result>(path: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const failure = describeFileFailure(error);
    if (explanationOf(error) !== undefined || failure === undefined) throw error;
    const at: unknown = error instanceof Error ? Reflect.get(error, 'path') : undefined;
    throw new BackupError(`${typeof at === 'string' ? at : path} cannot be used: ${failure}.`, {
      cause: error,
    });
  }
}
