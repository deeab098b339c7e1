/** Checks what the event log keeps of a conversation: there is a place for each event, and nothing of a run follows its end. */
import { splitPartId, type LoggedEvent, type MessageId, type RunId } from '@rivulet/protocol';
import { nothingWrong, type WrongDeliveries } from './wrong-deliveries.ts';

/** What is wrong in a log. */
export interface LogCheck {
  wrong: WrongDeliveries;
  /** Runs with more than one end. */
  endedTwice: RunId[];
  /** Runs of which there are events after their end. */
  writtenAfterEnd: RunId[];
  /** Runs of which there is another attempt. */
  restarted: RunId[];
  /** Those of them of which an attempt does not follow the one before it, or is one too many. */
  wronglyRestarted: RunId[];
}

/** The first attempt, and two after crashes. */
const MAX_ATTEMPTS = 3;

/** Checks the kept events of one conversation, in the order of the log. */
export function checkLog(events: readonly LoggedEvent[]): LogCheck {
  const wrong = nothingWrong();
  for (const [index, { seq, first = seq }] of events.entries()) {
    const previous = events[index - 1]?.seq ?? first - 1;
    if (seq < previous) wrong.reorders += 1;
    else if (first <= previous) wrong.duplicates += 1;
    else if (first > previous + 1) wrong.gaps += 1;
  }
  const runs = new Map<MessageId, RunId>();
  const ended = new Set<RunId>();
  const endedTwice = new Set<RunId>();
  const writtenAfterEnd = new Set<RunId>();
  for (const event of events) {
    if (event.type === 'run-started') runs.set(event.messageId, event.runId);
    const runId = runOf(event, runs);
    if (runId === undefined) continue;
    if (ended.has(runId)) (event.type === 'run-finished' ? endedTwice : writtenAfterEnd).add(runId);
    if (event.type === 'run-finished') ended.add(runId);
  }
  const restarts = checkRestarts(events);
  return { wrong, endedTwice: [...endedTwice], writtenAfterEnd: [...writtenAfterEnd], ...restarts };
}

/** An attempt may be missing: its gateway has counted it and was lost before it announced it. */
function checkRestarts(events: readonly LoggedEvent[]): Pick<LogCheck, 'restarted' | 'wronglyRestarted'> {
  const attempts = new Map<RunId, number>();
  const wronglyRestarted = new Set<RunId>();
  for (const event of events) {
    if (event.type !== 'run-restarted') continue;
    const { runId, attempt } = event;
    if (attempt <= (attempts.get(runId) ?? 1) || attempt > MAX_ATTEMPTS) wronglyRestarted.add(runId);
    attempts.set(runId, attempt);
  }
  return { restarted: [...attempts.keys()], wronglyRestarted: [...wronglyRestarted] };
}

/**
 * The run that has written the event under its lease; undefined when none has, or the start of the run is no longer kept. A start
 * is logged without a lease, also by a gateway that adds the next message, so it may be repeated at any time.
 */
function runOf(event: LoggedEvent, runs: ReadonlyMap<MessageId, RunId>): RunId | undefined {
  if (event.type === 'run-started') return undefined;
  if ('runId' in event) return event.runId;
  if (event.type === 'message-updated') return runs.get(event.messageId);
  return 'partId' in event ? runs.get(splitPartId(event.partId).messageId) : undefined;
}
