import type { ConversationOwner, Message } from '@rivulet/protocol';
import { expect, test } from 'vitest';
import { ownerChanges } from './owner-changes.ts';

const id = (name: string) => name as Message['id'];
const by = (name: string, role: Message['role'], createdAtMs: number): Message => ({
  ...{ id: id(name), role, createdAtMs, parentId: null, parts: [] },
  ...(role === 'agent' && { author: { id: 'p_ada', name: 'Ada' } }),
});
const owner = (kind: ConversationOwner['kind'], sinceMs: number): ConversationOwner => ({
  ...{ kind, sinceMs, number: 1 },
  ...(kind === 'person' && { person: { id: 'p_ada', name: 'Ada' } }),
});
const list = (given: Parameters<typeof ownerChanges>[0]) => {
  const { before, end } = ownerChanges(given);
  return [
    ...[...before].map(([at, { kind }]) => `${kind} before ${at}`),
    ...(end ? [`${end.kind} at the end`] : []),
  ];
};

test('a conversation that only the model has answered has no changes', () => {
  expect(list({ messages: [by('q1', 'user', 1), by('a1', 'assistant', 2)] })).toEqual([]);
});

test('the newest change stands after what was written before it, and stays there when more is written', () => {
  const messages = [by('q1', 'user', 1), by('a1', 'assistant', 2)];
  expect(list({ messages, owner: owner('person', 5) })).toEqual(['person at the end']);
  const more = [...messages, by('q2', 'user', 6), by('p1', 'agent', 7)];
  expect(list({ messages: more, owner: owner('person', 5) })).toEqual(['person before q2']);
  expect(list({ messages: more, owner: owner('queue', 8) })).toEqual([
    'person before p1',
    'queue at the end',
  ]);
});

test('earlier changes are found by who wrote the messages: the model was back before the question that it answered', () => {
  const messages = [
    ...[by('q1', 'user', 1), by('p1', 'agent', 2), by('p2', 'agent', 3), by('q2', 'user', 4)],
    ...[by('q3', 'user', 6), by('a3', 'assistant', 7), by('q4', 'user', 8), by('p4', 'agent', 10)],
  ];
  expect(list({ messages, owner: owner('person', 9) })).toEqual([
    ...['person before p1', 'ai before q3', 'person before p4'],
  ]);
});

test('a conversation that was given back says so once', () => {
  const messages = [by('q1', 'user', 1), by('p1', 'agent', 2), by('q2', 'user', 6), by('a2', 'assistant', 7)];
  expect(list({ messages, owner: owner('ai', 5) })).toEqual(['person before p1', 'ai before q2']);
});
