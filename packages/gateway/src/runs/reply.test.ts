import type { ConversationId, Message, MessageId, RunId } from '@rivulet/protocol';
import { describe, expect, it } from 'vitest';
import { Reply, type Content } from './reply.ts';

const answer: Message = {
  id: 'm_answer01' as MessageId,
  role: 'assistant',
  parentId: null,
  parts: [],
  createdAtMs: 0,
  run: { id: 'r_run00001' as RunId, state: 'running', startedAtMs: 0 },
};
const write = (...contents: Content[]) => {
  const reply = new Reply('c_reply001' as ConversationId, answer);
  return { events: contents.flatMap((content) => reply.add(content)), parts: reply.message.parts };
};

describe('a reply', () => {
  it('starts a part with its first text, and continues it with deltas at their offsets', () => {
    const { events, parts } = write({ type: 'text-delta', text: 'ab' }, { type: 'text-delta', text: 'c' });
    expect(events).toEqual([
      { type: 'part-started', partId: 'm_answer01.0', value: { type: 'text', text: 'ab' } },
      { type: 'text-delta', partId: 'm_answer01.0', at: 2, text: 'c' },
    ]);
    expect(parts).toEqual([{ type: 'text', text: 'abc' }]);
  });

  it('finishes a part when content of another kind begins', () => {
    const { events, parts } = write(
      { type: 'reasoning-delta', text: 'hm' },
      { type: 'text-delta', text: 'yes' },
    );
    expect(events.map(({ type }) => type)).toEqual(['part-started', 'part-finished', 'part-started']);
    expect(parts).toEqual([
      { type: 'reasoning', text: 'hm' },
      { type: 'text', text: 'yes' },
    ]);
  });

  it('adds each delta of a tool call to its own call, also when two calls are interleaved', () => {
    const { parts } = write(
      { type: 'tool-call-started', callId: 'a', name: 'find' },
      { type: 'tool-call-started', callId: 'b', name: 'count' },
      { type: 'tool-call-delta', callId: 'a', text: '{"x"' },
      { type: 'tool-call-delta', callId: 'b', text: '{}' },
      { type: 'tool-call-delta', callId: 'a', text: ':1}' },
    );
    expect(parts).toMatchObject([{ inputText: '{"x":1}' }, { inputText: '{}' }]);
  });

  it('contains its last delta when its run has ended', () => {
    const reply = new Reply('c_reply001' as ConversationId, answer);
    for (const text of ['a', 'b', 'c']) reply.add({ type: 'text-delta', text });
    reply.fold({ type: 'run-finished', runId: 'r_run00001' as RunId, reason: 'stop', finishedAtMs: 1 });
    expect(reply.message).toMatchObject({ parts: [{ text: 'abc' }], run: { state: 'finished' } });
  });
});
