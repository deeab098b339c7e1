import { describe, expect, it } from 'vitest';
import type { LoggedEvent, LoggedEventBody } from '../schemas/logged-events.ts';
import { fold, runningMessages } from './fold.ts';
import { partIdOf, type ConversationId, type MessageId, type RunId } from '../schemas/ids.ts';
import {
  emptyConversation,
  textOf,
  type Conversation,
  type Part,
  type ToolPart,
} from '../schemas/message.ts';
import { createLogWriter, questionOf } from '../testing/log-writer.ts';

// Ids of the pattern; the writer validates every event.
const conversationId = 'c_folds0001' as ConversationId;
const question = 'm_question1' as MessageId;
const answer = 'm_answer001' as MessageId;
const runId = 'r_running1' as RunId;
const error = { code: 'upstream-stalled', message: 'It stopped.', retry: 'new' } as const;
const usage = { inputTokens: 1, outputTokens: 2 };

const empty = emptyConversation(conversationId, 1);
const eventsOf = (...bodies: LoggedEventBody[]): LoggedEvent[] =>
  createLogWriter(conversationId).add(...bodies);
const after = (from: Conversation, ...bodies: LoggedEventBody[]) => eventsOf(...bodies).reduce(fold, from);
/** Folds, and asks that each event, applied again, leaves the very same state. */
const once = (from: Conversation, ...bodies: LoggedEventBody[]) =>
  eventsOf(...bodies).reduce((state, event) => {
    const next = fold(state, event);
    expect(fold(next, event)).toBe(next);
    return next;
  }, from);

const start: LoggedEventBody = {
  type: 'run-started',
  runId,
  messageId: answer,
  parentId: question,
  startedAtMs: 5,
};
const finish: LoggedEventBody = { type: 'run-finished', runId, reason: 'stop', finishedAtMs: 9, usage };
const asked = after(empty, questionOf(question, 'Hello?'));
const running = after(asked, start);
const startPart = (index: number, value: Part): LoggedEventBody => ({
  type: 'part-started',
  partId: partIdOf(answer, index),
  value,
});
const delta = (at: number, text: string, index = 0): LoggedEventBody => ({
  type: 'text-delta',
  partId: partIdOf(answer, index),
  at,
  text,
});
const text = (value = ''): Part => ({ type: 'text', text: value });
const partsOf = (state: Conversation) => state.messages[1]?.parts;

describe('messages', () => {
  it('are added once, at the end', () => {
    expect(once(asked, questionOf('m_question2' as MessageId, 'B')).messages.map(textOf)).toEqual([
      'Hello?',
      'B',
    ]);
    expect(after(asked, questionOf(question, 'another body'))).toBe(asked);
  });

  it('are updated whole', () => {
    const updated = once(asked, { type: 'message-updated', messageId: question, parts: [text('Hi')] });
    expect(updated.messages).toEqual([{ ...asked.messages[0], parts: [text('Hi')] }]);
  });

  it('are removed', () => {
    expect(once(running, { type: 'message-removed', messageId: question }).messages).toEqual([
      running.messages[1],
    ]);
  });

  it('get feedback, another, and none', () => {
    const judge = (
      feedback: Extract<LoggedEventBody, { type: 'feedback' }>['feedback'],
    ): LoggedEventBody => ({ type: 'feedback', messageId: question, feedback });
    const up = once(asked, judge({ value: 'up', comment: 'quick' }));
    expect(up.messages[0]?.feedback).toEqual({ value: 'up', comment: 'quick' });
    expect(once(up, judge({ value: 'down' })).messages[0]?.feedback).toEqual({ value: 'down' });
    expect(once(up, judge(null))).toEqual(asked);
  });
});

describe('a run', () => {
  it('begins with an empty assistant message that follows the question', () => {
    expect(once(asked, start).messages[1]).toEqual({
      id: answer,
      role: 'assistant',
      parentId: question,
      parts: [],
      createdAtMs: 5,
      run: { id: runId, state: 'running', startedAtMs: 5 },
    });
  });

  it('ends with its reason, its usage and its error', () => {
    const ended = once(running, { ...finish, reason: 'error', error });
    expect(ended.messages[1]?.run).toEqual({
      id: runId,
      state: 'finished',
      startedAtMs: 5,
      finishedAtMs: 9,
      reason: 'error',
      usage,
      error,
    });
  });

  it('is over with its first end: nothing of it changes the state after (invariant 3)', () => {
    const ended = after(running, startPart(0, text()), delta(0, 'a'), finish);
    const late = [
      delta(1, 'b'),
      startPart(1, text()),
      { ...finish, reason: 'aborted' as const },
      start,
      { type: 'run-restarted' as const, runId, attempt: 2, why: error },
      { type: 'run-waiting' as const, runId, why: 'retry' as const },
    ];
    for (const body of late) expect(after(ended, body)).toBe(ended);
  });

  it('waits as long as it is said to, and not after its end', () => {
    const waiting = once(running, { type: 'run-waiting', runId, why: 'queue' });
    expect(waiting.messages.at(-1)?.run).toMatchObject({ state: 'running', waiting: 'queue' });
    expect(once(waiting, { type: 'run-waiting', runId, why: null })).toEqual(running);
    expect(once(waiting, finish).messages.at(-1)?.run).not.toHaveProperty('waiting');
  });

  it('withdraws what it had written when it is restarted', () => {
    const written = after(running, startPart(0, text()), delta(0, 'ab'));
    const again = once(written, { type: 'run-restarted', runId, attempt: 2, why: error });
    expect(again).toEqual(running);
    expect(partsOf(once(again, startPart(0, text()), delta(0, 'c')))).toEqual([text('c')]);
  });

  it('waits behind the one that began before it', () => {
    const other = { ...start, runId: 'r_running2' as RunId, messageId: 'm_answer002' as MessageId };
    const both = after(running, other);
    expect(runningMessages(both).map(({ id }) => id)).toEqual([answer, 'm_answer002']);
    expect(runningMessages(after(both, finish)).map(({ id }) => id)).toEqual(['m_answer002']);
  });
});

describe('parts', () => {
  it('grow by deltas of their kind', () => {
    const tool: Part = { type: 'tool', callId: 'call', name: 'f', state: 'input', inputText: '' };
    const parts = once(
      running,
      startPart(0, { type: 'reasoning', text: '' }),
      { type: 'reasoning-delta', partId: partIdOf(answer, 0), at: 0, text: 'hm' },
      startPart(1, tool),
      { type: 'tool-delta', partId: partIdOf(answer, 1), at: 0, text: '{}' },
      startPart(2, text()),
      delta(0, 'ok', 2),
      { type: 'part-finished', partId: partIdOf(answer, 2) },
    );
    expect(partsOf(parts)).toEqual([
      { type: 'reasoning', text: 'hm' },
      { ...tool, inputText: '{}' },
      text('ok'),
    ]);
  });

  it('of another kind than the delta stay as they are', () => {
    const state = after(running, startPart(0, { type: 'unknown' }));
    expect(after(state, delta(0, 'x'))).toBe(state);
    expect(after(running, delta(0, 'x'))).toBe(running);
  });

  it('are added at the next index alone: one beyond it means that one is missing', () => {
    expect(after(running, startPart(1, text()))).toBe(running);
  });

  it.each([
    [0, 'ab'],
    [1, 'b👋'],
    [0, 'ab👋c'],
    [2, '👋c'],
    [4, 'c'],
    [3, '\udc4bc'],
  ])('take from a delta at %i only what they lack, by UTF-16 units (invariant 5)', (at, more) => {
    const state = after(running, startPart(0, text()), delta(0, 'ab👋'));
    expect(partsOf(once(state, delta(at, more)))).toEqual([
      text('ab👋c'.slice(0, Math.max(4, at + more.length))),
    ]);
  });

  it('join a pair that was cut in two', () => {
    const [high, low] = ['👋'.charAt(0), '👋'.charAt(1)];
    expect(partsOf(once(running, startPart(0, text()), delta(0, high), delta(1, low)))).toEqual([text('👋')]);
  });

  it('never take a delta that begins beyond their end', () => {
    const state = after(running, startPart(0, text()), delta(0, 'ab'));
    expect(after(state, delta(3, 'd'))).toBe(state);
  });
});

describe('a tool call', () => {
  const called: LoggedEventBody = { type: 'tool-called', callId: 'call', input: { a: 1 } };
  const ask: LoggedEventBody = { type: 'approval-requested', callId: 'call' };
  const approve: LoggedEventBody = { type: 'approval-given', callId: 'call', decision: 'approve' };
  const refuse: LoggedEventBody = { ...approve, decision: 'refuse' };
  const done: LoggedEventBody = { type: 'tool-finished', callId: 'call', output: [1] };
  const failed: LoggedEventBody = { type: 'tool-finished', callId: 'call', error };
  const tool: ToolPart = { type: 'tool', callId: 'call', name: 'f', state: 'input', inputText: '' };
  const state = after(running, startPart(0, tool));
  const input = { a: 1 };

  it.each([
    ['called', [called], { input }],
    ['approval-requested', [called, ask], { input }],
    ['approved', [called, ask, approve], { input }],
    ['refused', [called, ask, refuse], { input }],
    ['finished', [called, done], { input, output: [1] }],
    ['finished', [called, ask, approve, done], { input, output: [1] }],
    ['failed', [called, ask, refuse, failed], { input, error }],
    ['finished', [called, ask, { ...approve, input: { a: 2 } }, done], { input: { a: 2 }, output: [1] }],
  ] as [ToolPart['state'], LoggedEventBody[], Partial<ToolPart>][])('becomes %s', (name, bodies, fields) => {
    expect(partsOf(once(state, ...bodies))).toEqual([{ ...tool, ...fields, state: name }]);
  });

  it('never goes back: a late approval changes nothing that is finished', () => {
    const over = after(state, called, done);
    for (const body of [called, ask, approve, refuse, failed]) expect(after(over, body)).toBe(over);
  });

  it('takes its output also after its run has ended to wait for it', () => {
    const waiting = after(state, called, { ...finish, reason: 'tool' });
    expect(partsOf(once(waiting, done))).toEqual([{ ...tool, state: 'finished', input, output: [1] }]);
  });
});

describe('the conversation', () => {
  const ada = { id: 'p_ada', name: 'Ada' };
  it('has people who join and leave', () => {
    const joined = once(asked, { type: 'participant-joined', participant: ada });
    expect(joined.participants).toEqual([ada]);
    expect(once(joined, { type: 'participant-left', participantId: 'p_ada' })).toEqual(asked);
  });

  it('has a title', () => {
    expect(once(asked, { type: 'conversation-updated', title: 'T' })).toEqual({ ...asked, title: 'T' });
  });

  it('is not changed by an event of unknown type', () => {
    expect(fold(asked, { type: 'unknown', conversationId, seq: 2 })).toBe(asked);
  });

  it('stays as it is when an event names a message that is not there', () => {
    const nobody = 'm_nobody001' as MessageId;
    const bodies: LoggedEventBody[] = [
      { type: 'message-updated', messageId: nobody, parts: [] },
      { type: 'message-removed', messageId: nobody },
      { type: 'feedback', messageId: nobody, feedback: { value: 'up' } },
      { type: 'participant-left', participantId: 'p_ada' },
      { type: 'approval-requested', callId: 'nobody' },
      { ...finish, runId: 'r_nobody01' as RunId },
    ];
    for (const body of bodies) expect(after(asked, body)).toBe(asked);
  });
});

describe('sharing', () => {
  it('keeps every message, part and value that did not change', () => {
    const before = after(running, startPart(0, text('a')), startPart(1, text()));
    const grown = after(before, delta(0, 'x', 1));
    expect(grown.messages[0]).toBe(before.messages[0]);
    expect(grown.messages[1]?.parts[0]).toBe(before.messages[1]?.parts[0]);
    expect(grown.messages[1]?.run).toBe(before.messages[1]?.run);
    expect(grown.participants).toBe(before.participants);
    expect(before.messages[1]?.parts[1]).toEqual(text());
  });
});
