/** Begins the spans of a run that is started, and follows its acceptance. */
import type { Tracing } from '../telemetry/open-tracing.ts';
import { refOf } from './run-ref.ts';
import type { RunToStart } from './started-run.ts';

/** The run with its spans; the same run when nothing is traced. */
export function withTrace(tracing: Tracing | undefined, run: RunToStart): RunToStart {
  if (tracing === undefined) return run;
  const { conversationId, runId, siteId, acceptedAtMs, traceContext, earlier } = run;
  const trace = tracing.startRun({
    ...{ conversationId, runId, siteId, traceContext, acceptedAtMs },
    ref: refOf(runId),
    attempt: (earlier?.attempts ?? 0) + 1,
  });
  run.started.then(
    () => {
      trace.accepted();
    },
    (failure: unknown) => {
      trace.accepted(failure);
    },
  );
  return { ...run, trace };
}
