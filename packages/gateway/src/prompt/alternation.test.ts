import { describe, expect, it } from 'vitest';
import { alternate } from './alternation.ts';
import type { ContextMessage } from './provider-messages.ts';

const system: ContextMessage = { role: 'system', text: 'be kind' };
const user = (text: string): ContextMessage => ({ role: 'user', text });
const answer = (text: string): ContextMessage => ({ role: 'assistant', text });
const call: ContextMessage = {
  role: 'assistant',
  text: '',
  calls: [{ callId: 'c1', name: 'weather', input: '{}' }],
};
const output: ContextMessage = { role: 'tool', callId: 'c1', text: '1' };
const lines = (...messages: ContextMessage[]) =>
  alternate(messages).map(({ role, text }) => `${role}: ${text}`);

describe('the turns of a context', () => {
  it('join questions without an answer between them, their files included (G04)', () => {
    const file = { fileId: 'f', name: 'a.png', mediaType: 'image/png', sizeBytes: 1 };
    expect(alternate([system, { role: 'user', text: 'one', files: [file] }, user('two')])).toEqual([
      system,
      { role: 'user', text: 'one\n\ntwo', files: [file] },
    ]);
  });

  it('join answers without a question between them, also with the calls of the second (G04)', () => {
    expect(lines(user('Hi'), answer('one'), answer('two'))).toEqual(['user: Hi', 'assistant: one\n\ntwo']);
    expect(alternate([user('Hi'), answer('one'), call, output, answer('two'), answer('three')])).toEqual([
      user('Hi'),
      { ...call, text: 'one' },
      output,
      answer('two\n\nthree'),
    ]);
  });

  it.each(['', ' \n'])('leave out messages that say nothing: %j (G04)', (nothing) => {
    expect(lines(user('one'), answer(nothing), user('two'))).toEqual(['user: one\n\ntwo']);
    expect(lines(user(nothing), answer('one'), user('two')).at(-1)).toBe('user: two');
    expect(lines({ role: 'system', text: nothing }, user('one'))).toEqual(['user: one']);
  });

  it('begin with a user message also when the conversation began with a greeting (G04)', () => {
    const opened = 'user: [The visitor opened the chat.]';
    expect(lines(answer('Hello!'), user('Hi'))).toEqual([opened, 'assistant: Hello!', 'user: Hi']);
    expect(lines(system, answer('Hello!'), user('Hi'))[1]).toBe(opened);
  });

  it('have an answer between the output of a call and the next question (G04)', () => {
    expect(lines(user('Hi'), call, output, user('two')).slice(-2)).toEqual([
      'assistant: [This answer was stopped before it said anything.]',
      'user: two',
    ]);
  });
});
