import { emptyConversation, fold, mintConversationId, type LoggedEvent } from '@rivulet/protocol';
import { describe, expect, it } from 'vitest';
import { beginning, ending } from './run-events.ts';
import { stateAt } from './snapshot-state.ts';
import { randomBytes } from '../base/random.ts';
import { Reply } from '../runs/reply.ts';
import { finished, sampleAnswer, sampleQuestion, withText } from '../testing/samples.ts';

const conversationId = mintConversationId(randomBytes);
const question = sampleQuestion();
const answer = { ...sampleAnswer(), parentId: question.id };
const reply = new Reply(conversationId, answer);
const bodies = [
  ...beginning(question, answer),
  ...['One ', 'two ', 'three.'].flatMap((text) => reply.add({ type: 'text-delta', text })),
  ending(finished(answer)),
];
// Places are all that a body lacks.
const log = bodies.map((body, index) => ({ ...body, conversationId, seq: index + 1 }) as LoggedEvent);
const empty = emptyConversation(conversationId, 0);
const ahead = { ...empty, messages: [question, finished(withText(answer, 'One two three.'))] };

describe('the state at the head of a log', () => {
  it('is that of the log at every position from the first word on, however far the store is ahead (5)', () => {
    for (let length = 3; length <= log.length; length += 1) {
      const kept = log.slice(0, length);
      expect(stateAt(ahead, kept)).toEqual(kept.reduce(fold, empty));
    }
  });

  it('keeps what is stored of an answer whose first words are kept no longer', () => {
    expect(stateAt(ahead, log.slice(4))).toEqual(ahead);
  });

  it('keeps it also when the beginning of that answer was told again later', () => {
    const [again] = log.slice(1, 2);
    expect(stateAt(ahead, again === undefined ? [] : [again, ...log.slice(4)])).toEqual(ahead);
    expect(stateAt(ahead, again === undefined ? [] : [again])).toEqual(ahead);
  });

  it('is what is stored when nothing is kept', () => {
    expect(stateAt(ahead, [])).toEqual(ahead);
  });
});
