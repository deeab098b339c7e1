/** The events that tell of an answer's beginning and end. Each changes nothing in a state that knows it already. */
import { ChatError, type LoggedEventBody, type Message } from '@rivulet/protocol';

/** The message that an answer answers, among those of its conversation. */
export const questionOf = (messages: readonly Message[], { parentId }: Message): Message | undefined =>
  messages.find(({ id }) => id === parentId);

/** @param question absent: it is known */
export function beginning(question: Message | undefined, answer: Message): LoggedEventBody[] {
  const { id: runId, startedAtMs } = runOf(answer);
  const { id: messageId, parentId } = answer;
  if (parentId === null) return []; // it answers nobody: no run has begun it
  return [
    ...(question === undefined ? [] : [{ type: 'message-added' as const, message: question }]),
    { type: 'run-started', runId, messageId, parentId, startedAtMs },
  ];
}

/** The one last event of a run that is over. */
export function ending(answer: Message): LoggedEventBody {
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

/** All of an answer that is over, for viewers who may have missed any of it. */
export function wholeAnswer(messages: readonly Message[], answer: Message): LoggedEventBody[] {
  return [
    ...beginning(questionOf(messages, answer), answer),
    { type: 'message-updated', messageId: answer.id, parts: answer.parts },
    ending(answer),
  ];
}

function runOf({ run }: Message) {
  if (run === undefined) throw new ChatError('internal', { message: 'This message has no run.' });
  return run;
}
