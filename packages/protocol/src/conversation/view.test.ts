import { describe, expect, it } from 'vitest';
import { ChatError } from '../schemas/errors.ts';
import type { SnapshotEvent } from '../schemas/events.ts';
import type { LoggedEvent } from '../schemas/logged-events.ts';
import type { ConversationId, MessageId, RunId } from '../schemas/ids.ts';
import { mergeDeltas } from './merge.ts';
import { emptyConversation, textOf, type Message } from '../schemas/message.ts';
import { answerOf, createLogWriter, questionOf } from '../testing/log-writer.ts';
import { applyEvent, joinSnapshot, type View } from './view.ts';

const conversationId = 'c_views0001' as ConversationId; // of the pattern; the writer validates
const question = 'm_question1' as MessageId;
const log = createLogWriter(conversationId);
log.add(
  questionOf(question, 'Hello?'),
  ...answerOf({
    runId: 'r_running1' as RunId,
    messageId: 'm_answer01' as MessageId,
    parentId: question,
    startedAtMs: 1,
    pieces: ['a👋', 'b', 'cd', 'e'],
  }),
);
const empty: View = {
  position: { epoch: 'e1', seq: 0 },
  conversation: emptyConversation(conversationId, 1),
};
const at = (seq: number): View => {
  let view = empty;
  for (const event of log.events.slice(0, seq)) view = applied(view, event);
  return view;
};
function applied(view: View, event: LoggedEvent): View {
  const result = applyEvent(view, event);
  if (result.kind !== 'applied') throw new Error(result.kind);
  return result.view;
}
const answerText = (view: View) => view.conversation.messages.slice(1).map(textOf).join('');

describe('applyEvent', () => {
  it('applies the next event and moves to its place', () => {
    expect(applied(at(4), log.events[4]!).position).toEqual({ epoch: 'e1', seq: 5 });
  });

  it('calls every earlier event a repeat (invariant 5)', () => {
    for (const event of log.events.slice(0, 5))
      expect(applyEvent(at(5), event)).toEqual({ kind: 'repeated' });
  });

  it('calls every event but the next a gap (invariant 6)', () => {
    for (const event of log.events.slice(3)) expect(applyEvent(at(2), event)).toEqual({ kind: 'gap' });
  });

  it('takes from a merged delta only what the viewer does not have, wherever it stands in it', () => {
    const merged = mergeDeltas(log.events)[3]!;
    expect(merged).toMatchObject({ first: 4, seq: 7 });
    for (let seq = 3; seq < 7; seq += 1) {
      const view = applied(at(seq), merged);
      expect([view.position.seq, answerText(view)]).toEqual([7, 'a👋bcde']);
    }
  });

  it('calls a merged delta a gap when its first place is not the next', () => {
    expect(applyEvent(at(2), mergeDeltas(log.events)[3]!)).toEqual({ kind: 'gap' });
  });

  it('moves over an event of unknown type', () => {
    const before = at(8);
    const after = applied(before, { type: 'unknown', conversationId, seq: 9 });
    expect(after.position.seq).toBe(9);
    expect(after.conversation).toBe(before.conversation);
  });
});

describe('joinSnapshot', () => {
  const messages = Array.from({ length: 5 }, (_, index): Message => ({
    id: `m_page000${index}` as MessageId, // of the pattern
    role: 'user',
    parentId: null,
    parts: [],
    createdAtMs: index,
  }));
  const page = (index: number, fields: Partial<SnapshotEvent> = {}): SnapshotEvent => ({
    type: 'snapshot',
    conversationId,
    epoch: 'e1',
    seq: 40,
    page: index,
    isLast: index === 2,
    conversation: { ...empty.conversation, messages: messages.slice(index * 2, index * 2 + 2) },
    ...fields,
  });
  const joined = (...pages: SnapshotEvent[]) => {
    let view: View | undefined;
    for (const next of pages) view = joinSnapshot(view, next);
    return view;
  };

  it('joins the pages in order, at the position of the snapshot', () => {
    expect(joined(page(0), page(1), page(2))).toEqual({
      position: { epoch: 'e1', seq: 40 },
      conversation: { ...empty.conversation, messages },
    });
  });

  it('begins anew with a first page, whatever came before', () => {
    expect(joined(page(0), page(1), page(0))?.conversation.messages).toEqual(messages.slice(0, 2));
  });

  it.each([
    ['without the first one', undefined, page(1)],
    ['of another epoch', joinSnapshot(undefined, page(0)), page(1, { epoch: 'e2' })],
    ['at another place', joinSnapshot(undefined, page(0)), page(1, { seq: 41 })],
  ])('refuses a later page %s: a state is never partial', (_, soFar, next) => {
    expect(() => joinSnapshot(soFar, next)).toThrow(ChatError);
  });
});
