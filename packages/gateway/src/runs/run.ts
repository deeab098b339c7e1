/** One reply: provider -> event log, folded for the store; timeouts, abort, and exactly one end. */
import {
  bodyOf,
  ChatError,
  type FinishReason,
  type LoggedEventBody,
  type Message,
  type Usage,
} from '@rivulet/protocol';
import { createCheckpoints } from './checkpoints.ts';
import type { AcceptedRun } from '../conversations/conversations.ts';
import type { EventLog, Lease } from '../event-logs/event-log.ts';
import { describeCause } from '../base/log-error.ts';
import { Reply } from './reply.ts';
import { reportRun } from './run-report.ts';
import { createRunWriter } from './run-writer.ts';
import type { KeyedMutex } from '../base/keyed-mutex.ts';
import type { Site } from '../sites/sites.ts';
import { answerInRounds, type LoopOptions } from './tool-loop/tool-loop.ts';

export interface RunOptions extends LoopOptions {
  eventLog: EventLog;
  mutex: KeyedMutex;
  /** A short random word that joins an error on the screen to its line in the log. */
  mintRef: () => string;
}

/** How a run ended; only `stop`, `length` and `tool` are the model's own end. */
interface End {
  reason: FinishReason;
  usage?: Usage;
  error?: ChatError;
}

/** Aborts a run that nobody stopped: the gateway leaves. */
export const INTERRUPTED = new ChatError('interrupted');
/** Aborts a run that another gateway has taken over: its end is the other's to write. */
export const TAKEN_OVER = new ChatError('conflict');

/** A run whose turn it is. */
export interface StartedRun extends AcceptedRun {
  site: Site;
  /** The right to write it; absent when it was stopped before its turn came. */
  lease?: Lease | undefined;
}

/**
 * Writes one reply to its end. Never rejects: whatever happens is in the log as the run's one `run-finished`.
 * @param controller aborts it: the reason is `INTERRUPTED` when the gateway leaves, `TAKEN_OVER` when the lease was lost, and
 *   anything else when a person stopped it.
 */
export async function executeRun(
  options: RunOptions,
  run: StartedRun,
  controller: AbortController,
): Promise<void> {
  const { signal } = controller;
  const reply = new Reply(run.conversationId, run.answer);
  const checkpoints = createCheckpoints(options, reply);
  const timing = { startedAtMs: options.clock.now(), firstDeltaMs: undefined as number | undefined };
  // Goes on without waiting: the log keeps the order of the calls.
  const append = (events: LoggedEventBody[]) => {
    if (events.length === 0) return;
    options.eventLog.append(run.conversationId, events, leaseOf(run)).catch((error: unknown) => {
      const chatError = ChatError.from(error);
      // What the log did not take is a hole for every viewer: the run ends here, its text in the store.
      controller.abort(chatError.code === 'conflict' ? TAKEN_OVER : chatError);
      options.logger.error({ runId: run.runId, ...describeCause(error) }, 'the event log refused an append');
    });
  };
  const writer = createRunWriter({
    reply,
    append,
    onChange: () => {
      checkpoints.touch();
    },
    onFirst: () => {
      timing.firstDeltaMs = options.clock.now() - timing.startedAtMs;
    },
  });
  let end: End;
  try {
    end = endOf(await answerInRounds(options, run, { writer, signal }));
  } catch (error) {
    end = signal.aborted
      ? endOfAbort(signal)
      : { reason: 'error', error: withRef(ChatError.from(error), options) };
  }
  writer.flush();
  if (writer.usage !== undefined) end.usage = writer.usage;
  checkpoints.stop();
  if (signal.reason === TAKEN_OVER) return;
  await finish(options, { reply, run, end });
  reportRun(options, { run, end, timing });
}

const endOf = (reason: FinishReason): End =>
  reason === 'blocked' ? { reason, error: new ChatError('content-blocked') } : { reason };

function endOfAbort(signal: AbortSignal): End {
  const reason: unknown = signal.reason;
  if (reason === INTERRUPTED) return { reason: 'interrupted', error: INTERRUPTED };
  return reason instanceof ChatError ? { reason: 'error', error: reason } : { reason: 'aborted' };
}

const withRef = (error: ChatError, { mintRef }: RunOptions): ChatError =>
  new ChatError(error.code, {
    message: error.message,
    cause: error.cause,
    ref: mintRef(),
    ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }),
  });

interface Finishing {
  reply: Reply;
  run: StartedRun;
  end: End;
}

const leaseOf = ({ lease }: StartedRun) => (lease === undefined ? {} : { lease });

/** Store first, then the log: who has seen the end will find it again after a crash. @see PROTOCOL.md §7 */
async function finish(options: RunOptions, { reply, run, end }: Finishing): Promise<void> {
  const { store, eventLog, mutex, clock, logger } = options;
  const { conversationId } = run;
  await mutex.run(conversationId, async () => {
    const event = finishedEvent(reply.message, end, clock.now());
    reply.fold(event);
    try {
      // Not the first end: this gateway was taken for dead, and another one has closed the run.
      if (!(await store.endRun(conversationId, reply.message, clock.now()))) return;
      await eventLog.append(conversationId, [event], leaseOf(run));
    } catch (error) {
      logger.error({ conversationId, ...describeCause(error) }, 'the end of a run is left to a sweep');
      return;
    }
    store.settleRun(conversationId, reply.message.id).catch((error: unknown) => {
      logger.warn({ conversationId, ...describeCause(error) }, 'the end of a run will be told again');
    });
  });
}

/** The one last event of a run. */
export function finishedEvent(
  message: Message,
  { reason, usage, error }: End,
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
