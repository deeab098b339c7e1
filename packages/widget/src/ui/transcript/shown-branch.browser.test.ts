import type { Message, MessageId } from '@rivulet/protocol';
import { expect, test } from 'vitest';
import type { ChatSnapshot } from '../../client/chat.ts';
import { branchOf, parentToFollow, type BranchChoice } from './shown-branch.ts';
import { answer, FakeChat, messageId, userMessage } from '../testing/fake-chat.ts';
import { EMPTY_TRANSCRIPT, show } from './transcript-items.ts';

/**
 * Builds messages from steps such as `a1<q1`: the id, then the id of the parent after `<`. `q…` is a question, `a…` an
 * answer.
 */
function talk(...steps: string[]): Message[] {
  return steps.map((step) => {
    const [name = '', parent] = step.split('<');
    const parentId = parent === undefined ? null : idOf(parent);
    return name.startsWith('q')
      ? userMessage(longName(name), name, parentId)
      : answer(longName(name), name, { reason: 'stop', ...(parentId === null ? {} : { parentId }) });
  });
}
const longName = (name: string) => name.padEnd(8, '0');
const idOf = (name: string): MessageId => messageId(longName(name));
const nameOf = (id: MessageId) => id.slice(2).replace(/0+$/, '');
const shown = (messages: Message[], choice?: BranchChoice) =>
  branchOf(messages, choice)
    .messages.map(({ id }) => nameOf(id))
    .join(' ');
const choose = (messages: Message[], name: string): BranchChoice => ({
  messageId: idOf(name),
  newestId: messages.at(-1)?.id,
});

// q1 was answered twice, and the first answer was followed by two versions of q2.
const FORKED = talk('q1', 'a1<q1', 'q2<a1', 'b2<q2', 'a2<q1', 'q3<a1', 'b3<q3');

test('a conversation without forks is returned as the same array', () => {
  const line = talk('q1', 'a1<q1', 'q2<a1', 'a2<q2');
  expect(branchOf(line).messages).toBe(line);
  expect(branchOf([]).messages).toEqual([]);
});

test('the branch of the newest message is shown, even if another sibling above it is newer', () => {
  expect(shown(FORKED)).toBe('q1 a1 q3 b3');
  expect(shown(talk('q1', 'a1<q1', 'a2<q1'))).toBe('q1 a2');
});

test('a chosen version is shown together with the newest branch below it', () => {
  expect(shown(FORKED, choose(FORKED, 'a2'))).toBe('q1 a2');
  expect(shown(FORKED, choose(FORKED, 'q2'))).toBe('q1 a1 q2 b2');
  expect(shown(FORKED, choose(FORKED, 'a1'))).toBe('q1 a1 q3 b3');
});

test('a newer message replaces the choice, wherever it is', () => {
  const choice = choose(FORKED, 'a2');
  expect(shown([...FORKED, ...talk('q4<a2')], choice)).toBe('q1 a2 q4');
  expect(shown([...FORKED, ...talk('q4<b3')], choice)).toBe('q1 a1 q3 b3 q4');
});

test('the versions of a message are listed oldest first under the id of the shown version', () => {
  const { siblings } = branchOf(FORKED);
  expect([...siblings].map(([id, all]) => [nameOf(id), all.map(nameOf).join(' ')])).toEqual([
    ['a1', 'a1 a2'],
    ['q3', 'q2 q3'],
  ]);
});

test('an operator message beside an answer is not a version of it', () => {
  const agent: Message = { ...userMessage('agent001', 'Hello', idOf('q1')), role: 'agent' };
  const messages = [...talk('q1', 'a1<q1'), agent];
  expect(branchOf(messages)).toMatchObject({ messages, siblings: new Map() });
});

test('missing parents and cycles neither drop messages nor loop forever', () => {
  expect(shown(talk('a1<q8', 'a2<q9'))).toBe('a1 a2');
  expect(shown(talk('q1<q2', 'q2<q1', 'q3<q1'))).not.toBe('');
});

const snapshot = (messages: Message[], pending: ChatSnapshot['pending'] = []): ChatSnapshot => {
  const chat = new FakeChat();
  chat.setMessages(messages);
  chat.set({ pending });
  return chat.snapshot;
};
const waiting = (state: 'waiting' | 'failed') =>
  [{ messageId: idOf('q9'), parts: [], createdAtMs: 0, state }] as const;

test('a sent message follows the shown branch; the newest branch needs no parent id', () => {
  const choice = choose(FORKED, 'q2');
  expect(parentToFollow(snapshot(FORKED), choice)).toBe(idOf('b2'));
  expect(parentToFollow(snapshot(FORKED), choose(FORKED, 'q3'))).toBeUndefined();
  expect(parentToFollow(snapshot(FORKED), undefined)).toBeUndefined();
});

test('a second pending message follows the first one instead of the same parent', () => {
  const choice = choose(FORKED, 'q2');
  expect(parentToFollow(snapshot(FORKED, waiting('waiting')), choice)).toBeUndefined();
  expect(parentToFollow(snapshot(FORKED, waiting('failed')), choice)).toBe(idOf('b2'));
});

test('a delta in a forked conversation changes one group and keeps all other items', () => {
  const many = Array.from({ length: 120 }, (_, index) => `q${100 + index}<q${99 + index}`);
  const messages = talk('q1', 'a1<q1', 'a2<q1', 'q100<a1', ...many.slice(1));
  const first = show(snapshot(messages), { today: 0 }, EMPTY_TRANSCRIPT);
  const last = messages.at(-1)!;
  const changed = [...messages.slice(0, -1), { ...last, parts: [{ type: 'text' as const, text: 'more' }] }];
  const second = show(snapshot(changed), { today: 0 }, first);
  expect(second.groups.map((group, index) => group === first.groups[index])).toEqual([true, true, false]);
  expect(second.groups[2]!.filter((item, index) => item !== first.groups[2]![index])).toHaveLength(1);
});

const itemsOf = (...[chat, options]: [Parameters<typeof show>[0], Parameters<typeof show>[1]]) =>
  show(chat, options, EMPTY_TRANSCRIPT).groups.flat();

test('an item is replaced only when its versions or its day change', () => {
  const one = talk('q1', 'a1<q1');
  const [, before] = itemsOf(snapshot(one), { today: 0 });
  const [, same] = itemsOf(snapshot([...one]), { today: 0 });
  const two = snapshot([...one, ...talk('a2<q1')]);
  const [first, forked] = itemsOf(two, { today: 1, choice: choose(two.conversation.messages, 'a1') });
  expect(same).toBe(before);
  expect(forked).not.toBe(before);
  expect(first).toMatchObject({ isNewDay: true });
  expect(forked).toMatchObject({ isNewDay: false, siblings: [idOf('a1'), idOf('a2')] });
});
