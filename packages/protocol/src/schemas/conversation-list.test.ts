import * as v from 'valibot';
import { expect, it } from 'vitest';
import { ConversationListSchema, readConversationList, readErrorBody } from './conversation-list.ts';
import { ChatError, ErrorBodySchema } from './errors.ts';
import { damage } from '../testing/damage.ts';
import { createRandom, randomValue } from '../testing/random-value.ts';

const summary = { id: 'c_conversation1', title: null, preview: '', createdAtMs: 1, updatedAtMs: 2 };
const refused = expect.objectContaining({ code: 'internal', name: 'ChatError' }) as unknown;

it('reads a list, without the fields that it does not know', () => {
  expect(readConversationList({ conversations: [{ ...summary, later: 1 }], next: 1 })).toEqual([summary]);
});

it('does not take something else’s answer for a list or an error', () => {
  for (const value of [undefined, null, [], 'x', {}, { conversations: [{ ...summary, id: 'x' }] }])
    expect(() => readConversationList(value)).toThrow(refused);
  expect(() => readErrorBody({ error: 'Bad Gateway' })).toThrow(refused);
  expect(readErrorBody(new ChatError('not-found').toBody()).code).toBe('not-found');
});

it('reads a damaged answer exactly when its schema reads it', () => {
  const random = createRandom(11);
  for (let round = 0; round < 1000; round += 1) {
    const list = damage(randomValue(ConversationListSchema, random), random);
    const error = damage(randomValue(ErrorBodySchema, random), random);
    const expected = v.safeParse(ConversationListSchema, list);
    if (expected.success) expect(readConversationList(list)).toEqual(expected.output.conversations);
    else expect(() => readConversationList(list)).toThrow(refused);
    const body = v.safeParse(ErrorBodySchema, error);
    if (body.success) expect(readErrorBody(error)).toEqual(body.output);
    else expect(() => readErrorBody(error)).toThrow(refused);
  }
});

it('names the field of a wrong answer in the cause, and not its value', () => {
  const read = () => readConversationList({ conversations: [{ ...summary, title: { text: 'SECRET' } }] });
  expect(read).toThrow(
    expect.objectContaining({
      cause: new TypeError('conversations.0.title: expected string'),
    }) as Error,
  );
});
