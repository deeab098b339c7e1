/** Executes one run: streams the provider's reply into the event log, checkpoints it to the store, and ends it exactly once. */
import { ChatError, type FinishReason, type LoggedEventBody } from '@rivulet/protocol';
import type { Budgets } from '../budgets/budgets.ts';
import { amountOf } from '../budgets/run-charge.ts';
import type { RunMeter } from '../budgets/run-meter.ts';
import type { Checkpoints } from './checkpoints.ts';
import type { EventLog } from '../event-logs/event-log.ts';
import { describeCause, loggerWith, refusalReasonOf, type KeyedMutex } from '../base/index.ts';
import { HANDED_OVER, INTERRUPTED, TAKEN_OVER } from './abort-reasons.ts';
import { createBackgroundResponse, type BackgroundResponse } from './background-response.ts';
import { createCatchUp, type CatchUp } from './catch-up.ts';
import { endCutCalls } from './cut-calls.ts';
import { factsOfRun } from './facts-of-run.ts';
import { finishRun, type RunEnd } from './finish-run.ts';
import { Reply } from './reply.ts';
import { refOf } from './run-ref.ts';
import { reportRun } from './run-report.ts';
import { createRunWriter } from './run-writer.ts';
import { isTakenOver, maxAnswerCharsOf } from '../sites/sites.ts';
import { secretsOfSite } from './secrets-of-site.ts';
import { leaseOf, savedReplyOf, type StartedRun } from './started-run.ts';
import type { LoopOptions, RunWriter } from './tool-loop/round.ts';
import { runToolLoop, type LoopParts } from './tool-loop/tool-loop.ts';
import { createUpstreamCaller } from './tool-loop/upstream-caller.ts';

/** What a run needs, beyond what its tool loop needs. */
export interface RunOptions extends LoopOptions {
  eventLog: EventLog;
  /** Serialises the writes to a conversation's store and log, by conversation id. */
  mutex: KeyedMutex;
  budgets: Budgets;
  checkpoints: Checkpoints;
}

/**
 * Executes one run to its end. Never rejects: every outcome is logged as the run's only `run-finished` event, except when the run
 * was taken over.
 * @param controller aborts the run. Its abort reason is `INTERRUPTED` when the gateway shuts down, `TAKEN_OVER` when the lease was
 *   lost, a `ChatError` when the run failed, and anything else when the visitor stopped it.
 * @see PROTOCOL.md §7
 */
export async function executeRun(
  given: Omit<RunOptions, 'mintRef'>,
  run: StartedRun,
  controller: AbortController,
): Promise<void> {
  const ref = refOf(run.runId);
  const options = {
    ...given,
    mask: given.mask.and(secretsOfSite(run.site)),
    logger: loggerWith(given.logger, { ref }),
    mintRef: () => ref,
  };
  const { signal } = controller;
  run.trace?.begun();
  const reply = new Reply(run.conversationId, run.answer);
  const timing = { startedAtMs: options.clock.now(), firstDeltaMs: undefined as number | undefined };
  const catchUp = createCatchUp(() => reply.message, run.earlier?.reattached?.known);
  const writer = createRunWriter({
    reply,
    append: createAppend(options, { run, catchUp }, controller),
    maxChars: maxAnswerCharsOf(run.site, options.limits),
    onFirstContent: () => {
      if (run.earlier !== undefined) writer.log([{ type: 'run-waiting', runId: run.runId, why: null }]);
      timing.firstDeltaMs = options.clock.now() - timing.startedAtMs;
      run.trace?.firstContent();
    },
    onGrowth: (chars) => meter.grow(chars),
  });
  const meter = createMeter(options, { run, reply, controller });
  const caller = createUpstreamCaller(options, run, { writer, signal });
  caller.answeredBy = run.earlier?.reattached?.upstream;
  const background = createBackgroundResponse(options, run);
  const end = await writeReply(options, run, { writer, meter, signal, caller, background, catchUp });
  if (end.reason !== 'stop' && !isLeft(signal)) background.cancel();
  const isWithdrawn = end.reason === 'blocked' && withdraw(options, run, writer);
  if (writer.usage !== undefined) end.usage = writer.usage;
  if (end.error?.ref === undefined && end.error !== undefined) end.error = withRef(end.error, options);
  if (isLeft(signal) || !(await hasStarted(run))) return;
  writer.log(catchUp.rest(end.reason));
  if (!signal.aborted) endCutCalls(writer);
  const rounds = isWithdrawn ? [] : writer.rounds;
  const factsAt = (nowMs: number) => factsOfRun({ run, end, timing, meter, caller, reply, nowMs });
  await finishRun(options, { signal, reply, run, end, rounds, spent: amountOf(meter.charge), factsAt });
  const charge = meter.hasCalls ? meter.charge : undefined;
  const { answeredByName: answeredBy, upstreamRequestIds } = caller;
  run.trace?.end({ ...end, answeredBy, text: () => reply.text });
  reportRun(options, { run, end, timing, charge, answeredBy, upstreamRequestIds });
}

/** Writes the reply, to its end or as far as it comes. */
async function writeReply(
  options: RunOptions,
  run: StartedRun,
  { background, catchUp, ...parts }: WritingParts,
): Promise<RunEnd> {
  const beforeTools = () => {
    background.end();
    parts.writer.log(catchUp.rest('tool'));
    return whenSaved(options, run);
  };
  try {
    return endOf(await runToolLoop(options, run, { ...parts, background: background.request, beforeTools }));
  } catch (error) {
    return parts.signal.aborted ? endOfAbort(parts.signal) : endOfError(ChatError.from(error), options);
  }
}

interface WritingParts extends Omit<LoopParts, 'background' | 'beforeTools'> {
  background: BackgroundResponse;
  catchUp: CatchUp;
}

/** Not awaited: the event log keeps the order of the calls. */
function createAppend(
  options: RunOptions,
  { run, catchUp }: { run: StartedRun; catchUp: CatchUp },
  controller: AbortController,
) {
  return (written: LoggedEventBody[]) => {
    const events = catchUp.missing(written);
    if (events.length === 0) return;
    options.checkpoints.add(savedReplyOf(run), events);
    options.eventLog.append(run.conversationId, events, leaseOf(run)).catch((error: unknown) => {
      const chatError = ChatError.from(error);
      // Every viewer would miss the rejected events, so the run ends here; its text is in the store.
      controller.abort(chatError.code === 'conflict' ? TAKEN_OVER : chatError);
      options.logger.error(
        { runId: run.runId, ...describeCause(error) },
        'the event log rejected events of a run; the run is ended',
      );
    });
  };
}

/** Whether another gateway writes the end of the run. */
const isLeft = ({ reason }: AbortSignal): boolean => reason === TAKEN_OVER || reason === HANDED_OVER;

/** A run that the moderation of the gateway ends is blocked, as one that the upstream's ends. */
function endOfError(error: ChatError, options: RunOptions): RunEnd {
  const isBlocked = refusalReasonOf(error) === 'answer-blocked';
  return { reason: isBlocked ? 'blocked' : 'error', error: withRef(error, options) };
}

/** Takes back what was shown of a blocked answer. @returns whether the site says so */
function withdraw({ moderation }: RunOptions, { site }: StartedRun, writer: RunWriter): boolean {
  if (moderation.of(site)?.shownText !== 'withdraw') return false;
  const { id: messageId, parts } = writer.read();
  if (parts.length > 0) writer.log([{ type: 'message-updated', messageId, parts: [] }]);
  return true;
}

/** Counts what the run uses, and ends it when its budget is used up meanwhile. */
function createMeter(
  options: RunOptions,
  { run, reply, controller }: { run: StartedRun; reply: Reply; controller: AbortController },
): RunMeter {
  const { conversationId, runId, site, reservation, earlier } = run;
  return options.budgets.meter({
    ...{ conversationId, runId, site, reservation, earlier: earlier?.charge },
    read: () => reply.message,
    abort: (error) => {
      controller.abort(withRef(error, options));
    },
  });
}

/** A run that could not be started has no end either: it is not in the store, or the recovery ends it. */
const hasStarted = ({ started }: StartedRun): Promise<boolean> =>
  started.then(
    () => true,
    () => false, // the sender of the command is told, and it is logged there
  );

/** A run that may be started once more must not have run a tool that nobody would know of. */
const whenSaved = async ({ checkpoints }: RunOptions, { site, answer }: StartedRun): Promise<void> =>
  isTakenOver(site) ? checkpoints.saved(answer.id) : undefined;

const endOf = (reason: FinishReason): RunEnd =>
  reason === 'blocked' ? { reason, error: new ChatError('content-blocked') } : { reason };

function endOfAbort(signal: AbortSignal): RunEnd {
  const reason: unknown = signal.reason;
  if (reason === INTERRUPTED) return { reason: 'interrupted', error: INTERRUPTED };
  return reason instanceof ChatError ? { reason: 'error', error: reason } : { reason: 'aborted' };
}

/** The message of an error that a provider made may be what its upstream said. */
const withRef = (error: ChatError, { mintRef, mask }: RunOptions): ChatError =>
  new ChatError(error.code, {
    message: mask.hide(error.message),
    cause: error.cause,
    ref: mintRef(),
    ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }),
  });
