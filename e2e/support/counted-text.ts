/** Checks the text of the upstream's scene `numbers`: the numbers from 1, each followed by a space. */
import type { Message } from '@rivulet/protocol';
import { addWrong, nothingWrong, type WrongDeliveries } from './wrong-deliveries.ts';

/** The last number of a whole answer. */
const LAST = 100;

/** Counts what is missing, repeated or out of order in a text, which may break off after any number. */
export function wrongNumbersOf(text: string): WrongDeliveries {
  const wrong = nothingWrong();
  let expected = 1;
  for (const word of text.split(' ').slice(0, -1)) {
    const number = Number(word);
    if (number === expected - 1) wrong.duplicates += 1;
    else if (number < expected) wrong.reorders += 1;
    // Also what is no number, or too large a one because the space is missing.
    else if (number !== expected) wrong.gaps += 1;
    if (number >= expected) expected = number + 1;
  }
  if (text !== '' && !text.endsWith(' ')) wrong.gaps += 1;
  return wrong;
}

/**
 * Counts what is wrong in the answers to questions with `[[numbers]]`. One that has ended regularly must be whole.
 * @param messages the conversation, with the questions
 * @param answers the messages to check; others than such answers are skipped
 */
export function wrongNumbersOfAnswers(
  messages: readonly Message[],
  answers: readonly Message[],
): WrongDeliveries {
  const sums = nothingWrong();
  for (const { role, parentId, parts, run } of answers) {
    const question = messages.find(({ id }) => id === parentId);
    if (role !== 'assistant' || question === undefined || !textOf(question).includes('[[numbers')) continue;
    const text = textOf({ parts });
    addWrong(sums, wrongNumbersOf(text));
    if (run?.state === 'finished' && run.reason === 'stop' && !text.endsWith(` ${LAST} `)) sums.gaps += 1;
  }
  return sums;
}

const textOf = ({ parts }: Pick<Message, 'parts'>): string =>
  parts.map((part) => (part.type === 'text' ? part.text : '')).join('');
