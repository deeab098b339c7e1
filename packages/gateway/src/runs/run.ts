/** Executes one run: streams the provider's reply into the event log, checkpoints it to the store, and ends it exactly once. */
import {
  bodyOf,
  ChatError,
  type FinishReason,
  type LoggedEventBody,
  type Message,
  type Usage,
} from '@rivulet/protocol';
import type { Budgets } from '../budgets/budgets.ts';
import { amountOf } from '../budgets/run-charge.ts';
import type { RunMeter } from '../budgets/run-meter.ts';
import type { Checkpoints } from './checkpoints.ts';
import { endEvent } from '../conversations/run-events.ts';
import type { EventLog } from '../event-logs/event-log.ts';
import { describeCause, loggerWith, refusalReasonOf, type KeyedMutex } from '../base/index.ts';
import type { Amount } from '../stores/spending.ts';
import type { AnswerRound, StoredMessage } from '../stores/store.ts';
import { createBackgroundResponse, type BackgroundResponse } from './background-response.ts';
import { createCatchUp, type CatchUp } from './catch-up.ts';
import { endCutCalls } from './cut-calls.ts';
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

/** How a run ended. Only the reasons `stop`, `length` and `tool` come from the model; `length` also from the limit of the answer. */
interface RunEnd {
  reason: FinishReason;
  usage?: Usage;
  error?: ChatError;
}

/** Abort reason of a run that is ended because the gateway shuts down. The run ends as `interrupted`. */
export const INTERRUPTED = new ChatError('interrupted');
/** Abort reason of a run whose lease another gateway holds now. That gateway writes the end of the run; this one writes nothing. */
export const TAKEN_OVER = new ChatError('conflict');

/** Abort reason of a run that is left to another gateway, or to the next start of this one: its end is not written. */
export const HANDED_OVER = new ChatError('draining');

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
  await finish(options, { signal, reply, run, end, rounds, spent: amountOf(meter.charge) });
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

interface FinishedRun {
  signal: AbortSignal;
  reply: Reply;
  run: StartedRun;
  end: RunEnd;
  rounds: readonly AnswerRound[];
  spent: Amount;
}

/**
 * Writes the end to the store first and to the log second, so that an end that a viewer has seen survives a crash.
 * @see PROTOCOL.md §7
 */
async function finish(
  options: RunOptions,
  { signal, reply, run, end, rounds, spent }: FinishedRun,
): Promise<void> {
  const { store, eventLog, mutex, clock, logger } = options;
  const { conversationId } = run;
  await mutex.run(conversationId, async () => {
    // The store cannot tell the end of a former owner from that of the owner, so that a process that was stopped asks first.
    // While the log is away nobody else can take over either, so the end waits for it, unless the gateway shuts down.
    if (run.held !== undefined && !(await run.held.confirm(() => signal.reason !== INTERRUPTED))) {
      options.checkpoints.drop(run.answer.id);
      return;
    }
    const event = finishedEvent(reply.message, end, clock.now());
    reply.fold(event);
    try {
      const ended = { ...reply.message, ...worthKeeping(rounds), spent };
      const isFirst = await store.endRun(conversationId, ended, clock.now());
      options.checkpoints.drop(run.answer.id);
      // Otherwise another gateway took this one for dead and has ended the run. On a shared log it has logged the end as well.
      if (!isFirst && eventLog.isShared) return;
      const events = isFirst ? [event] : await readEnd(store, run);
      const owner = (await run.desk?.entries()) ?? [];
      await eventLog.append(conversationId, [...events, ...owner], leaseOf(run));
    } catch (error) {
      logger.error(
        { conversationId, ...describeCause(error) },
        'the end of a run could not be written; the recovery will write it',
      );
      return;
    }
    store.settleRun(conversationId, reply.message.id).catch((error: unknown) => {
      logger.warn(
        { conversationId, ...describeCause(error) },
        'a run could not be marked as settled; the recovery will do it',
      );
    });
  });
}

/** One round of which the upstream wants nothing back says nothing. */
const worthKeeping = (rounds: readonly AnswerRound[]): Pick<StoredMessage, 'rounds'> =>
  rounds.length > 1 || rounds.some(({ metadata }) => metadata !== undefined) ? { rounds } : {};

/** The events of the end that the store has; none when the conversation was erased. */
async function readEnd(
  store: RunOptions['store'],
  { conversationId, answer }: StartedRun,
): Promise<LoggedEventBody[]> {
  const { named } = (await store.readStanding(conversationId, answer.id)) ?? {};
  if (named?.message.run?.state !== 'finished') return [];
  const { id: messageId, parts } = named.message;
  return [{ type: 'message-updated', messageId, parts }, endEvent(named.message)];
}

/**
 * The `run-finished` event that ends the run of `message`.
 * @throws {ChatError} internal when the message has no run
 */
export function finishedEvent(
  message: Message,
  { reason, usage, error }: RunEnd,
  nowMs: number,
): LoggedEventBody {
  if (message.run === undefined)
    throw new ChatError('internal', { message: 'This message has no run to finish.' });
  return {
    type: 'run-finished',
    runId: message.run.id,
    reason,
    finishedAtMs: nowMs,
    ...(usage === undefined ? {} : { usage }),
    ...(error === undefined ? {} : { error: bodyOf(error) }),
  };
}
