import { expect, it } from 'vitest';
import { readConversationList, readErrorBody } from './conversation-list.ts';
import { ChatError } from './errors.ts';

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
