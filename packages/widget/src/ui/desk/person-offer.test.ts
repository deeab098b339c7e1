import type { Message } from '@rivulet/protocol';
import { expect, test } from 'vitest';
import { answer, FakeChat, messageId, userMessage } from '../testing/fake-chat.ts';
import { isPersonOffered } from './person-offer.ts';

const failed = (name: string, question: string): Message =>
  answer(name, '', { reason: 'error', parentId: messageId(question) });
const good = (name: string, question: string): Message =>
  answer(name, 'So.', { reason: 'stop', parentId: messageId(question) });
const isOffered = (messages: Message[], capabilities = ['request-person']) =>
  isPersonOffered({
    ...new FakeChat().snapshot,
    capabilities,
    conversation: { ...new FakeChat().snapshot.conversation, messages },
  });

test('a person is offered after a failed answer, after one that was rated as bad, and after one that found nothing', () => {
  const question = userMessage('question1', 'Why?');
  const bad: Message = { ...good('answer001', 'question1'), feedback: { value: 'down' } };
  const nothing = answer('answer001', [{ type: 'data', name: 'person-offer', value: {} }], {
    reason: 'stop',
  });
  for (const last of [failed('answer001', 'question1'), bad, nothing])
    expect(isOffered([question, last])).toBe(true);
  expect(isOffered([question, good('answer001', 'question1')])).toBe(false);
});

test('it is not offered where the site has no people, or while a person should answer', () => {
  const messages = [userMessage('question1', 'Why?'), failed('answer001', 'question1')];
  expect(isOffered(messages, ['feedback'])).toBe(false);
  const { snapshot } = new FakeChat();
  const owner = { kind: 'queue', number: 1, sinceMs: 0 } as const;
  const conversation = { ...snapshot.conversation, messages, owner };
  expect(isPersonOffered({ ...snapshot, capabilities: ['request-person'], conversation })).toBe(false);
});

test('another failed attempt at the same question has it as well, but no later question', () => {
  const first = [userMessage('question1', 'Why?'), failed('answer001', 'question1')];
  expect(isOffered([...first, failed('answer002', 'question1')])).toBe(true);
  const later = [...first, userMessage('question2', 'How?')];
  expect(isOffered(later)).toBe(false);
  expect(isOffered([...later, failed('answer003', 'question2')])).toBe(false);
});

test('when a person has had the conversation since, it is offered again', () => {
  const { snapshot } = new FakeChat();
  const messages = [
    ...[userMessage('question1', 'Why?'), failed('answer001', 'question1')],
    { ...failed('answer002', 'question2'), createdAtMs: 20 },
  ];
  const owner = { kind: 'ai', number: 3, sinceMs: 10 } as const;
  const conversation = { ...snapshot.conversation, messages, owner };
  expect(isPersonOffered({ ...snapshot, capabilities: ['request-person'], conversation })).toBe(true);
});
