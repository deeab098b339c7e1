import {
  bodyOf,
  ChatError,
  type ConversationId,
  type Message,
  type Part,
  type ToolPart,
} from '@rivulet/protocol';
import { describe, expect, it } from 'vitest';
import type { ProviderEvent } from '../providers/provider.ts';
import { Reply } from '../runs/reply.ts';
import { finished, sampleAnswer } from '../testing/samples.ts';
import { isWaitingForVisitor, stepsBetween, type AnswerStep } from './answer-steps.ts';

const conversationId = 'c_steps0001' as ConversationId; // matches the pattern of ids
const call = (state: ToolPart['state'], more: Partial<ToolPart> = {}): ToolPart => ({
  type: 'tool',
  callId: 'k',
  name: 'weather',
  state,
  inputText: '{}',
  ...(state === 'input' ? {} : { input: {} }),
  ...more,
});
const answer = (...parts: Part[]): Message => ({ ...sampleAnswer(), parts });
const running = sampleAnswer();
const withParts = (...parts: Part[]): Message => ({ ...running, parts });
const kinds = (steps: readonly AnswerStep[]) => steps.map(({ kind }) => kind);

/** What a client that applies the steps shows: the text and the state of each part, and how the run ended. */
function shown(steps: readonly AnswerStep[]): string[] {
  let parts: string[] = [];
  for (const step of steps) {
    if (step.kind === 'withdrawn') parts = [];
    else if (step.kind === 'text-started') parts[step.index] = `${step.of}:`;
    else if (step.kind === 'text-grown') parts[step.index] = `${parts[step.index]}${step.text}`;
    else if (step.kind === 'text-ended') parts[step.index] = `${parts[step.index]}.`;
    else if (step.kind === 'part-added') parts[step.index] = JSON.stringify(step.part);
    else if (step.kind === 'finished') parts.push(`end:${step.run.reason}`);
    else if (step.kind === 'tool-started') parts.push(`${step.call.callId}:`);
    else
      parts = parts.map((part) => (part.startsWith(`${step.call.callId}:`) ? `${part} ${step.kind}` : part));
  }
  return parts;
}

describe('the steps between two states of an answer', () => {
  it('are none between equal states', () => {
    const state = answer({ type: 'text', text: 'a' });
    expect(stepsBetween(state, state)).toEqual([]);
    expect(stepsBetween(state, structuredClone(state))).toEqual([]);
  });

  it('are what was appended, and the end of a text that is followed by something', () => {
    const before = withParts({ type: 'reasoning', text: 'Hm' });
    const after = withParts({ type: 'reasoning', text: 'Hmm.' }, { type: 'text', text: 'Yes' });
    expect(stepsBetween(before, after)).toEqual([
      { kind: 'text-grown', index: 0, of: 'reasoning', text: 'm.' },
      { kind: 'text-ended', index: 0, of: 'reasoning' },
      { kind: 'text-started', index: 1, of: 'text' },
      { kind: 'text-grown', index: 1, of: 'text', text: 'Yes' },
    ]);
  });

  it('lead to the same from any state on the way, whatever was skipped', () => {
    const reply = new Reply(conversationId, running);
    const states: Message[] = [reply.message];
    const contents = [
      { type: 'reasoning-delta', text: 'Let me ' },
      { type: 'reasoning-delta', text: 'see 😀.' },
      { type: 'text-delta', text: 'It is ' },
      { type: 'text-delta', text: 'so:' },
      { type: 'source', sourceId: 's', title: 'A page', url: 'https://a.example/' },
      { type: 'text-delta', text: ' warm.' },
      { type: 'data', name: 'card', value: { title: 'Sun' } },
    ] as const satisfies readonly ProviderEvent[];
    for (const content of contents) {
      reply.add(content);
      states.push(reply.message);
    }
    states.push(finished(reply.message));
    const whole = shown(stepsBetween(undefined, states.at(-1)!));
    expect(whole.at(-1)).toBe('end:stop');
    for (let skipped = 0; skipped < 2 ** states.length; skipped += 7) {
      const seen = states.filter((_, index) => (skipped >> index) % 2 === 0 || index === states.length - 1);
      const steps = seen.flatMap((state, index) => stepsBetween(seen[index - 1], state));
      expect(shown(steps)).toEqual(whole);
    }
  });

  it('withdraw all and begin again when a text is another one, or gone', () => {
    const before = withParts({ type: 'text', text: 'First attempt' });
    expect(kinds(stepsBetween(before, withParts()))).toEqual(['withdrawn']);
    expect(kinds(stepsBetween(before, withParts({ type: 'text', text: 'Second' })))).toEqual([
      'withdrawn',
      'text-started',
      'text-grown',
    ]);
    expect(kinds(stepsBetween(before, withParts({ type: 'reasoning', text: 'First attempt' })))[0]).toBe(
      'withdrawn',
    );
  });

  it.each<[string, ToolPart | undefined, ToolPart, string[]]>([
    ['called', call('input'), call('called'), ['tool-called']],
    ['asked about', call('called'), call('approval-requested'), ['approval-requested']],
    ['approved', call('approval-requested'), call('approved'), ['approval-given']],
    ['refused', call('approval-requested'), call('refused'), ['approval-given', 'tool-ended']],
    ['finished', call('approved'), call('finished', { output: 1 }), ['tool-ended']],
    [
      'not readable',
      call('input', { inputText: '{' }),
      call('failed', { inputText: '{', input: undefined, error: bodyOf(new ChatError('bad-frame')) }),
      ['tool-ended'],
    ],
    [
      'refused before anything was shown',
      undefined,
      call('refused'),
      [
        'tool-started',
        'tool-input-grown',
        'tool-called',
        'approval-requested',
        'approval-given',
        'tool-ended',
      ],
    ],
    ['the same', call('finished'), call('finished'), []],
  ])('say that a call is %s', (_what, before, after, expected) => {
    const state = before === undefined ? undefined : withParts(before);
    expect(kinds(stepsBetween(state, withParts(after)))).toEqual(expected);
  });

  it('end once', () => {
    const state = withParts({ type: 'text', text: 'a' });
    expect(kinds(stepsBetween(state, finished(state)))).toEqual(['text-ended', 'finished']);
    expect(stepsBetween(finished(state), finished(state))).toEqual([]);
  });
});

describe('an answer waits for the visitor', () => {
  const none = new Set<string>();
  it('when a call does and no other is under way', () => {
    const asked = call('approval-requested');
    expect(isWaitingForVisitor(withParts(asked), none)).toBe(true);
    expect(isWaitingForVisitor(withParts(asked, call('called', { callId: 'other' })), none)).toBe(false);
    expect(isWaitingForVisitor(withParts(asked, call('finished', { callId: 'other' })), none)).toBe(true);
    expect(isWaitingForVisitor(withParts(call('approved')), none)).toBe(false);
  });

  it('not for a call that was just decided, nor when the run is over', () => {
    expect(isWaitingForVisitor(withParts(call('approval-requested')), new Set(['k']))).toBe(false);
    expect(isWaitingForVisitor(finished(withParts(call('approval-requested'))), none)).toBe(false);
  });
});
