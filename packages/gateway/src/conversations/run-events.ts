/** The events of an answer's start and end. They are idempotent: a state that includes them is not changed by a repetition. */
import {
  ChatError,
  mintMessageId,
  type LoggedEventBody,
  type Message,
  type RandomBytes,
  type RunId,
} from '@rivulet/protocol';
import type { EventLog } from '../event-logs/event-log.ts';
import type { Standing } from '../stores/store.ts';

/** The message that a run begins with: without parts. @param random the source of its id */
export function emptyAnswer(
  random: RandomBytes,
  { question, runId, nowMs }: { question: Message; runId: RunId; nowMs: number },
): Message {
  const run = { id: runId, state: 'running', startedAtMs: nowMs } as const;
  const id = mintMessageId(random);
  return { id, role: 'assistant', parentId: question.id, parts: [], createdAtMs: nowMs, run };
}

/**
 * The events that start an answer; none for an answer without a parent, which no run has started.
 * @param question undefined when the log has it already.
 * @throws {ChatError} internal when the answer has no run
 */
export function startEvents(question: Message | undefined, answer: Message): LoggedEventBody[] {
  const { id: runId, startedAtMs } = runOf(answer);
  const { id: messageId, parentId } = answer;
  if (parentId === null) return [];
  return [
    ...(question === undefined ? [] : [{ type: 'message-added' as const, message: question }]),
    { type: 'run-started', runId, messageId, parentId, startedAtMs },
  ];
}

/**
 * Another gateway may have stored a message and not logged it yet, or have crashed in between. So on a shared log the starts of
 * all unfinished runs are logged again before the new message: the log keeps the order of the store, and a repeated event does
 * not change the state of a viewer.
 */
export function unfinishedStartEvents(
  { eventLog }: { eventLog: Pick<EventLog, 'isShared'> },
  standing: Standing | undefined,
): LoggedEventBody[] {
  if (!eventLog.isShared || standing === undefined) return [];
  // Another gateway may have given the conversation back to the model, and not have logged it yet.
  const { desk } = standing.record;
  if (standing.unfinished.length === 0 && desk?.owner.kind === 'ai')
    return [{ type: 'owner-changed', owner: desk.owner }];
  return standing.unfinished.flatMap(({ question, answer }) => startEvents(question, answer));
}

/** The `run-finished` event of a finished answer. @throws {ChatError} internal when the answer has no run */
export function endEvent(answer: Message): LoggedEventBody {
  const { id: runId, reason = 'error', finishedAtMs = 0, usage, error } = runOf(answer);
  return {
    type: 'run-finished',
    runId,
    reason,
    finishedAtMs,
    ...(usage === undefined ? {} : { usage }),
    ...(error === undefined ? {} : { error }),
  };
}

/** All events that a viewer needs to have a finished answer, whatever part of it the viewer has missed. */
export function runEventsOf(question: Message | undefined, answer: Message): LoggedEventBody[] {
  return [
    ...startEvents(question, answer),
    { type: 'message-updated', messageId: answer.id, parts: answer.parts },
    endEvent(answer),
  ];
}

function runOf({ run }: Message) {
  if (run === undefined) throw new ChatError('internal', { message: 'This message has no run.' });
  return run;
}
