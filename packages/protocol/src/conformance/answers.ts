/** What the checks of runs share: a question whose answer is being written, and the waits for its stations. */
import type { EventOf, Message } from '../index.ts';
import { BrokenPromise, Undecided } from './broken-promise.ts';
import type { Server } from './server.ts';
import { describe, type Asked, type Visitor } from './visitor.ts';

/** A question, and who has asked it. */
export interface Question extends Asked {
  visitor: Visitor;
}

/** The text of a message that its viewers see. */
export const textOf = (message: Message | undefined): string =>
  (message?.parts ?? []).flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('');

/** The answer as a visitor has it now; undefined before it has begun. */
export const answerOf = (visitor: Visitor, { conversationId, messageId }: Asked): Message | undefined =>
  visitor.recording.answerTo(conversationId, messageId);

const isOver = (message: Message | undefined): boolean =>
  message?.run !== undefined && message.run.state !== 'running';

/** Asks the question and waits for the first text of its answer. @throws {Undecided} when the answer is over by then */
export async function askUntilText(server: Server, visitor?: Visitor): Promise<Question> {
  const asker = visitor ?? (await server.connect());
  const asked = await asker.askQuestion();
  await untilText(asker, asked);
  if (isOver(answerOf(asker, asked)))
    throw new Undecided('the answer was over with its first text; give a question with a longer answer');
  return { ...asked, visitor: asker };
}

/** Waits for the first text of an answer, or for its end. */
export async function untilText(visitor: Visitor, asked: Asked): Promise<void> {
  const hasText = () => textOf(answerOf(visitor, asked)) !== '' || isOver(answerOf(visitor, asked));
  await visitor.recording.until(hasText, 'the first text of the answer');
}

/** Waits until an answer is over. @returns the answer */
export async function untilOver(visitor: Visitor, asked: Asked): Promise<Message> {
  let answer: Message | undefined;
  await visitor.recording.until(() => isOver((answer = answerOf(visitor, asked))), 'the end of the answer');
  if (answer === undefined) throw new BrokenPromise('there is no answer'); // `until` has found it
  return answer;
}

/** Asks the question and waits until its answer is complete. @throws {Undecided} when the model fails */
export async function askAndWait(server: Server, visitor?: Visitor): Promise<Question & { answer: Message }> {
  const asker = visitor ?? (await server.connect());
  const asked = await asker.askQuestion();
  const answer = await untilOver(asker, asked);
  if (answer.run?.error !== undefined)
    throw new Undecided(`the model does not answer: ${describe(answer.run.error)}`);
  return { ...asked, visitor: asker, answer };
}

/** The end of a run among what a visitor has received. @throws {BrokenPromise} unless there is exactly one */
export function endOf(visitor: Visitor, answer: Message): EventOf<'run-finished'> {
  const ends = visitor.recording.events.filter(
    (event): event is EventOf<'run-finished'> =>
      event.type === 'run-finished' && event.runId === answer.run?.id,
  );
  const [end] = ends;
  if (end === undefined || ends.length > 1)
    throw new BrokenPromise(`expected exactly one \`run-finished\` of the run, and there are ${ends.length}`);
  return end;
}
