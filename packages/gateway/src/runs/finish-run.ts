/** Writes the end of a run: to the store with its facts and what it has used, and then to the event log. */
import {
  bodyOf,
  ChatError,
  type FinishReason,
  type LoggedEventBody,
  type Message,
  type Usage,
} from '@rivulet/protocol';
import { describeCause, type Clock, type KeyedMutex, type Logger } from '../base/index.ts';
import { endEvent } from '../conversations/run-events.ts';
import type { EventLog } from '../event-logs/event-log.ts';
import type { RunFacts } from '../stores/run-facts.ts';
import type { Amount } from '../stores/spending.ts';
import type { AnswerRound, Store, StoredMessage } from '../stores/store.ts';
import { INTERRUPTED } from './abort-reasons.ts';
import type { Checkpoints } from './checkpoints.ts';
import type { Reply } from './reply.ts';
import { leaseOf, type StartedRun } from './started-run.ts';

/** What the end needs. */
export interface FinishOptions {
  store: Store;
  eventLog: EventLog;
  mutex: KeyedMutex;
  checkpoints: Checkpoints;
  clock: Clock;
  logger: Logger;
}

/** How a run ended. Only the reasons `stop`, `length` and `tool` come from the model; `length` also from the limit of the answer. */
export interface RunEnd {
  reason: FinishReason;
  usage?: Usage;
  error?: ChatError;
}

/** A run that has written its reply. */
export interface FinishedRun {
  signal: AbortSignal;
  reply: Reply;
  run: StartedRun;
  end: RunEnd;
  rounds: readonly AnswerRound[];
  spent: Amount;
  /** The facts of the run, when it has ended at this time. */
  factsAt: (nowMs: number) => RunFacts;
}

/**
 * Writes the end to the store first and to the log second, so that an end that a viewer has seen survives a crash.
 * @see PROTOCOL.md §7
 */
export async function finishRun(
  options: FinishOptions,
  { signal, reply, run, end, ...kept }: FinishedRun,
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
    const nowMs = clock.now();
    const event = finishedEvent(reply.message, end, nowMs);
    reply.fold(event);
    try {
      const facts = kept.factsAt(nowMs);
      const ended = { ...reply.message, ...worthKeeping(kept.rounds), spent: kept.spent, facts };
      const isFirst = await store.endRun(conversationId, ended, nowMs);
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
async function readEnd(store: Store, { conversationId, answer }: StartedRun): Promise<LoggedEventBody[]> {
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
