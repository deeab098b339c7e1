import { emptyConversation, fold, mintConversationId, type LoggedEvent } from '@rivulet/protocol';
import { describe, expect, it } from 'vitest';
import { startEvents, endEvent } from './run-events.ts';
import { stateAt } from './snapshot-state.ts';
import { randomBytes } from '../base/index.ts';
import { Reply } from '../runs/reply.ts';
import { finished, sampleAnswer, sampleQuestion, withText } from '../testing/samples.ts';

const conversationId = mintConversationId(randomBytes);
const question = sampleQuestion();
const answer = { ...sampleAnswer(), parentId: question.id };
const reply = new Reply(conversationId, answer);
const bodies = [
  ...startEvents(question, answer),
  ...['One ', 'two ', 'three.'].flatMap((text) => reply.add({ type: 'text-delta', text })),
  endEvent(finished(answer)),
];
// A body lacks only the conversation and its sequence number.
const log = bodies.map((body, index) => ({ ...body, conversationId, seq: index + 1 }) as LoggedEvent);
const empty = emptyConversation(conversationId, 0);
const ahead = { ...empty, messages: [question, finished(withText(answer, 'One two three.'))] };

describe('the state at the head of a log', () => {
  it('is that of the log at every position from the first content on, however far the store is ahead (5)', () => {
    for (let length = 3; length <= log.length; length += 1) {
      const kept = log.slice(0, length);
      expect(stateAt(ahead, kept)).toEqual(kept.reduce(fold, empty));
    }
  });

  it('keeps the stored state of an answer whose first content is no longer kept', () => {
    expect(stateAt(ahead, log.slice(4))).toEqual(ahead);
  });

  it('keeps that stored state also when the start of the answer was logged again later', () => {
    const [again] = log.slice(1, 2);
    expect(stateAt(ahead, again === undefined ? [] : [again, ...log.slice(4)])).toEqual(ahead);
    expect(stateAt(ahead, again === undefined ? [] : [again])).toEqual(ahead);
  });

  it('is the stored state when the log keeps nothing', () => {
    expect(stateAt(ahead, [])).toEqual(ahead);
  });
});
