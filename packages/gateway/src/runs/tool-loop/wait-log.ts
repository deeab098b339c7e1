/** Shows the viewers of a run that it waits for its upstream. @see PROTOCOL.md §7 */
import type { WaitReason } from '../../providers/provider.ts';
import type { LoopRun, RunWriter } from './round.ts';

/**
 * Creates what is told about the waits of one run. They are logged as soon as the message is on its way no longer, and not after the
 * run was aborted, because its end says more.
 */
export function createWaitLog(
  { runId, started }: Pick<LoopRun, 'runId' | 'started'>,
  { writer, signal }: { writer: Pick<RunWriter, 'log'>; signal: AbortSignal },
): (reason: WaitReason | undefined) => void {
  let isStarted = false;
  let wanted: WaitReason | undefined;
  let logged: WaitReason | undefined;
  const log = () => {
    if (!isStarted || signal.aborted || logged === wanted) return;
    logged = wanted;
    writer.log([{ type: 'run-waiting', runId, why: wanted ?? null }]);
  };
  return (reason) => {
    wanted = reason;
    if (isStarted) {
      log();
      return;
    }
    started.then(
      () => {
        isStarted = true;
        log();
      },
      () => undefined, // the run ends, and the sender is told
    );
  };
}
